/** What the shell gets to know. */
export const exitCodes = {
  /** Something was tried and did not work. */
  failed: 1,
  /** What was asked for, or the settings, are wrong; nothing was tried. */
  wrong: 2,
  /** It would work, and is refused to keep something safe. */
  refused: 3,
} as const;

/** The end of a command that did not do what it was asked: a message for people, and an exit code. */
export class CommandFailure extends Error {
  constructor(
    message: string,
    readonly exitCode: number = exitCodes.failed,
    /** The result that was printed already says it. */
    readonly reported = false,
  ) {
    super(message);
    this.name = "CommandFailure";
  }
}

/** Somebody asked the command to stop before it was done. */
export class Interrupted extends CommandFailure {}
