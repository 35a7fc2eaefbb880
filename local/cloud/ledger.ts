import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/**
 * A table that survives its process: every change is one appended line, so keeping it costs the same for the
 * thousandth entry as for the first. Opening it replays the lines and writes them anew without what is gone.
 */
export class Ledger<T> {
  private readonly entries = new Map<string, T>();

  constructor(private readonly file?: string) {
    if (!file || !existsSync(file)) return;
    const lines = readFileSync(file, "utf8").split("\n");
    // After the last line break stands nothing, or what a killed process did not finish and confirmed to nobody.
    lines.pop();
    for (const line of lines) this.replay(line);
    writeFileSync(`${file}.new`, [...this.entries].map(([key, value]) => lineOf(key, value)).join(""));
    renameSync(`${file}.new`, file);
  }

  get(key: string): T | undefined {
    return this.entries.get(key);
  }

  values(): IterableIterator<T> {
    return this.entries.values();
  }

  put(key: string, value: T): void {
    this.append(lineOf(key, value));
    this.entries.set(key, value);
  }

  remove(key: string): void {
    this.append(`${JSON.stringify({ key })}\n`);
    this.entries.delete(key);
  }

  private append(line: string): void {
    if (this.file) appendFileSync(this.file, line);
  }

  private replay(line: string): void {
    const entry = JSON.parse(line) as { key: string; value?: T };
    if (entry.value === undefined) this.entries.delete(entry.key);
    else this.entries.set(entry.key, entry.value);
  }
}

function lineOf(key: string, value: unknown): string {
  return `${JSON.stringify({ key, value })}\n`;
}
