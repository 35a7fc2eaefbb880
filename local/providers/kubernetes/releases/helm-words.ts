import type { CommandResult } from "../../../clusters/commands";

/** What Helm says against something, without its progress and warnings. */
export function wordsOf({ stderr, stopped }: Pick<CommandResult, "stderr" | "stopped">): string {
  if (stopped) return { told: "it was told to stop", late: "it took too long" }[stopped];
  const lines = stderr.trim().split("\n");
  const first = lines.findIndex((line) => line.startsWith("Error: "));
  return (first < 0 ? lines : lines.slice(first))
    .join("\n")
    .replace(/^Error: (?:(?:INSTALLATION|UPGRADE|UNINSTALL) FAILED: )?/, "")
    .trim();
}

/** What failed, Helm's words for it, and a line for each reason. */
export function failureOf(subject: string, result: CommandResult, reasons: readonly string[] = []): string {
  return [`${subject}: ${wordsOf(result)}`, ...indented(reasons)].join("\n");
}

export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line.replaceAll("\n", "\n  ")}`);
}
