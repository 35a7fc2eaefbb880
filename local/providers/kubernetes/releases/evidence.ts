import type { Api } from "../../../clusters/api";
import { type Revision, revisionsOf } from "./history";
import { reasonsOfAll } from "../reasons";

const lookMilliseconds = 2000;

/**
 * Looks at a release while Helm works on it, since what tells why it fails may be gone a moment later: a hook may ask
 * to be deleted when it failed, and so may what an upgrade had made.
 */
export class Evidence {
  private seen: string[] = [];
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly api: Api,
    private readonly namespace: string,
    private readonly name: string,
  ) {
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => (this.looking = undefined));
    }, lookMilliseconds);
  }

  /** Why it is not ready: as things are, or else as they were last seen. */
  async reasons(): Promise<string[]> {
    this.end();
    await this.looking;
    await this.look();
    return this.seen;
  }

  end(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    try {
      const last = (await revisionsOf(this.api, this.namespace, this.name)).at(-1);
      const subjects = [{ kind: "Release", name: this.name }, ...hooksOf(last)];
      const reasons = await reasonsOfAll(this.api, this.namespace, subjects);
      if (reasons.length > 0) this.seen = reasons;
    } catch {
      // Reasons are said beside what went wrong, and never instead of it.
    }
  }
}

/** Helm does not mark hooks as its own, so they are told by their names. */
function hooksOf(revision: Revision | undefined): { kind: string; name: string }[] {
  return (revision?.contents.hooks ?? []).map(({ kind, name }) => ({ kind, name }));
}
