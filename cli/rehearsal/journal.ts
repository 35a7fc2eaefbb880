/** One thing that was done, and when. */
export interface Entry {
  /** As `2026-11-29T14:20:00Z`. */
  readonly at: string;
  readonly what: string;
}

/** What a rehearsal did, in its order, said to whoever watches as it happens. */
export class Journal {
  readonly entries: Entry[] = [];

  constructor(private readonly tell: (line: string) => void) {}

  add(what: string): void {
    const at = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    this.entries.push({ at, what });
    this.tell(`${at} ${what}`);
  }
}
