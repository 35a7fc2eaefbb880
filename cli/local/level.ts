import { buildPrograms, GoNotFound, pinnedVersions, type Programs } from "../../local/clusters/programs";
import { buildRegistry } from "../../local/registry/program";
import type { Layout } from "../../local/world/layout";
import { type Level, levelOf } from "../../local/world/level";
import { CommandFailure, exitCodes } from "../failure";

/** How real a world is going to be, and what its clusters are made of where they are real. */
export interface ChosenLevel {
  readonly level: Level;
  readonly programs?: Programs;
  readonly title: string;
  /** What this machine lacks for more. */
  readonly notice?: string;
}

const recorded = "Kubernetes: only recorded (level plan)";

/**
 * The level that was asked for, or that the world has, or full where this machine can build what that takes.
 *
 * @throws CommandFailure when the world has another level than the one asked for, or this machine cannot do it
 */
export async function chooseLevel(
  layout: Layout,
  asked: Level | undefined,
  onProgress: (line: string) => void,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ChosenLevel> {
  const kept = levelOf(layout);
  if (asked !== undefined && kept !== undefined && asked !== kept) {
    throw new CommandFailure(
      `this local world began at level ${kept} and keeps it; end it first (./platform local down), or name another with --world`,
      exitCodes.wrong,
    );
  }
  const wanted = asked ?? kept ?? "full";
  if (wanted === "plan") {
    return { level: "plan", title: recorded };
  }
  try {
    const programs = await buildPrograms({ onProgress, env });
    // The world starts it; built here, somebody sees that it is.
    await buildRegistry({ onProgress, env });
    return { level: "full", programs, title: `Kubernetes ${pinnedVersions().kubernetes}, built from source` };
  } catch (error) {
    if (!(error instanceof GoNotFound)) throw error;
    // What is in a full world cannot be reached without it, and who asked for it wants to know.
    if (asked ?? kept) throw new CommandFailure(error.message);
    return {
      level: "plan",
      title: recorded,
      notice: `No Kubernetes in this world: what goes into its clusters is recorded and no more.\n${error.message}`,
    };
  }
}
