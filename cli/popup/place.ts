import type { StackFile } from "../../config/stack-file";
import type { StateResource } from "../../local/engine/state";

/** Something in the cloud, as its inventory describes it. */
export interface Found {
  /** Its full name, such as `projects/acme-popups/global/forwardingRules/…`. */
  readonly name: string;
  /** All that is known of it: labels, descriptions, what it belongs to. */
  readonly text: string;
}

/** Tags of a stack, which the engine keeps beside its state. */
export type Tags = Readonly<Record<string, string>>;

export interface Destruction {
  /**
   * URNs; they go with what depends on them, and nothing else goes.
   * @default the whole stack
   */
  readonly targets?: readonly string[];
  /** The cluster is gone, so that what was in it is only forgotten. @default false */
  readonly lostCluster?: boolean;
  readonly onProgress: (line: string) => void;
}

/** Where pop-ups live: a backend of the engine, and the cloud that it works on. */
export interface Place {
  /** Longest wait for what goes by itself after a deletion, in seconds. */
  readonly patience: number;
  /** Between two looks, in seconds. */
  readonly pause: number;
  /** How late the inventory may be, in seconds: what it does not have may still come. */
  readonly lag: number;
  /** Starts what has to run before anything can be asked, with its own progress. */
  ready(): Promise<void>;
  /** Stacks of pop-ups, whoever made them. */
  stacks(): Promise<string[]>;
  tags(stack: string): Promise<Tags>;
  setTags(stack: string, tags: Tags): Promise<void>;
  /** A slice of the address plan that no other pop-up has, or undefined where all are taken. */
  slice(stack: string): Promise<string | undefined>;
  /** Makes the stack without anything in it, unless it is there. */
  create(stack: string, file: StackFile): Promise<void>;
  /** Brings the stack up and gives its outputs. */
  up(
    stack: string,
    file: StackFile,
    onProgress: (line: string) => void,
  ): Promise<Readonly<Record<string, unknown>>>;
  state(stack: string): Promise<readonly StateResource[]>;
  destroy(stack: string, destruction: Destruction): Promise<void>;
  /** Removes a stack that has nothing any more, its tags and its settings. */
  remove(stack: string): Promise<void>;
  /** Everything in the project of pop-ups, whoever made it. */
  inventory(): Promise<readonly Found[]>;
}
