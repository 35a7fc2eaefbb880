/** An answer of the emulated cloud other than success, in the form in which Google's clients print it. */
export class CloudError extends Error {
  constructor(
    /** HTTP status. */
    readonly status: number,
    /** Google's word for it: `alreadyExists`, `resourceInUseByAnotherResource`. */
    readonly reason: string,
    readonly detail: string,
  ) {
    super(`googleapi: Error ${status}: ${detail}, ${reason}`);
    this.name = "CloudError";
  }
}

/** Answers after which Google's own client tries again by itself. */
export function isPassing(error: unknown): boolean {
  return error instanceof CloudError && [429, 500, 502, 503].includes(error.status);
}
