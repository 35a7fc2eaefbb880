import { join } from "node:path";

/** Where everything of one world lies; removing `folder` removes it all. */
export interface Layout {
  readonly folder: string;
  /** How to reach the process that owns the world. */
  readonly address: string;
  readonly log: string;
  /** State of the stacks, as the engine's file backend lays it out. */
  readonly backend: string;
  /** The engine's own folder. */
  readonly home: string;
  /** What a stack was last brought up with: copies of the project's and the stack's files. */
  stack(name: string): string;
  /** Which pop-up has which slice of the address plan. */
  readonly slices: string;
  /** How real the world is; written once, when it begins. */
  readonly level: string;
  /** What the control planes of its clusters are made of, a folder each. */
  readonly clusters: string;
  /** What was pushed to its registry. */
  readonly registry: string;
  /** What lets a process of this machine into its clusters. */
  readonly login: string;
  /** Folders of commands that are at work. */
  readonly runs: string;
}

export function layoutOf(folder: string): Layout {
  return {
    folder,
    address: join(folder, "world.json"),
    log: join(folder, "world.log"),
    backend: join(folder, "state"),
    home: join(folder, "engine"),
    slices: join(folder, "slices"),
    level: join(folder, "level"),
    clusters: join(folder, "clusters"),
    registry: join(folder, "registry"),
    login: join(folder, "login"),
    runs: join(folder, "runs"),
    stack: (name) => join(folder, "stacks", name),
  };
}
