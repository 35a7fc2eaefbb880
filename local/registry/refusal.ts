/** A refusal as the registry's protocol has it. */
export class Refusal extends Error {
  public override readonly name = "Refusal";

  constructor(
    readonly status: number,
    /** One of the protocol's words, `NAME_UNKNOWN`. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  /** The body that carries it. */
  get body(): string {
    return JSON.stringify({ errors: [{ code: this.code, message: this.message }] });
  }
}
