import { appendFileSync } from "node:fs";

export type Call = "create" | "read" | "update" | "delete";

/** One call that reached the emulated cloud, whatever came of it. */
export interface JournalEntry {
  /** RFC 3339 time. */
  readonly at: string;
  readonly call: Call;
  readonly kind: string;
  readonly id: string;
  readonly project: string;
  /** `ok`, or the message of the refusal. */
  readonly outcome: string;
}

/** What reached the emulated cloud, in order: in memory for whoever asks, and one JSON line each on disk. */
export class Journal {
  private readonly kept: JournalEntry[] = [];

  constructor(private readonly file?: string) {}

  write(entry: Omit<JournalEntry, "at">): void {
    const line = { at: new Date().toISOString(), ...entry };
    this.kept.push(line);
    if (this.file) appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }

  entries(from = 0): readonly JournalEntry[] {
    return this.kept.slice(from);
  }
}
