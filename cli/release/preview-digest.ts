import { z } from "zod";

import { CommandFailure, exitCodes } from "../failure";

const state = z.looseObject({
  inputs: z.record(z.string(), z.unknown()).default({}),
  parent: z.string().optional(),
  protect: z.boolean().default(false),
});

const step = z.looseObject({
  op: z.string(),
  urn: z.string().startsWith("urn:pulumi:"),
  oldState: state.optional(),
  newState: state.optional(),
});

/** Only what is asked here; the engine may say more. */
const previewDigest = z.looseObject({
  steps: z.array(step).default([]),
  diagnostics: z
    .array(z.looseObject({ severity: z.string().optional(), message: z.string().default("") }))
    .default([]),
  changeSummary: z.record(z.string(), z.number()).optional(),
  maybeCorrupt: z.boolean().default(false),
});

export type PreviewStep = z.infer<typeof step>;

/**
 * The steps of what `pulumi preview --json` printed.
 * https://github.com/pulumi/pulumi/blob/master/pkg/display/json.go
 *
 * @throws CommandFailure where it printed something else, or its preview did not come to a good end.
 */
export function stepsOfPreview(text: string, place: string): PreviewStep[] {
  const wanted = "it must be all of what `pulumi preview --json` printed to its standard output";
  const wrong = (problem: string) => new CommandFailure(`${place} ${problem}`, exitCodes.wrong);
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    throw wrong(
      `${text.trim() === "" ? "is empty" : `is not JSON (${(error as Error).message})`}; ${wanted}`,
    );
  }
  const read = previewDigest.safeParse(values);
  if (!read.success) {
    throw wrong(`is no plan of the engine: ${problemsOf(read.error)}; ${wanted}`);
  }
  const { steps, diagnostics, changeSummary, maybeCorrupt } = read.data;
  const errors = diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message.trim());
  if (errors.length > 0) {
    throw wrong(
      `is a preview that failed, and what it lists is not all; mend this first:\n${errors.join("\n")}`,
    );
  }
  // The engine writes the sum last, and none where it was stopped.
  if (changeSummary === undefined) {
    throw wrong(`has no changeSummary, so the preview did not come to its end; ${wanted}`);
  }
  if (maybeCorrupt) throw wrong("says that the state may be corrupt (maybeCorrupt); mend the stack first");
  return steps;
}

function problemsOf(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message))
    .join("; ");
}
