import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { parse } from "yaml";

import { isBlock } from "../../../cloud/check";
import type { Value, Values } from "../../../cloud/rules/shape";
import type { CheckResult } from "../../provider";
import { hasUnknown } from "../../wire";

/** The inputs of a release once they are known; absent flags are off. */
export interface ReleaseInputs {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version?: string;
  readonly repositoryOpts?: RepositoryOptions;
  readonly values?: Values;
  /** Seconds. */
  readonly timeout?: number;
  readonly description?: string;
  readonly maxHistory?: number;
  readonly atomic?: boolean;
  readonly skipAwait?: boolean;
  readonly waitForJobs?: boolean;
  readonly cleanupOnFail?: boolean;
  readonly createNamespace?: boolean;
  readonly dependencyUpdate?: boolean;
  readonly devel?: boolean;
  readonly disableWebhooks?: boolean;
  readonly disableCRDHooks?: boolean;
  readonly disableOpenapiValidation?: boolean;
  readonly forceUpdate?: boolean;
  readonly recreatePods?: boolean;
  readonly resetValues?: boolean;
  readonly reuseValues?: boolean;
  readonly renderSubchartNotes?: boolean;
  readonly replace?: boolean;
  readonly skipCrds?: boolean;
  readonly lint?: boolean;
}

export interface RepositoryOptions {
  readonly repo?: string;
  readonly username?: string;
  readonly password?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** How long Helm waits when the program says nothing, in seconds. */
const defaultTimeout = 300;

/** What is an output, or stands in the SDK's call for its own sake. */
const noInputs = ["compat", "checksum", "manifest", "resourceNames", "status", "allowNullValues"];

/** What Helm could do, and this world does not. */
const unsupported: Readonly<Record<string, string>> = {
  postrender: "a command that changes what a chart renders is not run here; change the chart or its values",
  verify: "signatures of charts are not checked here; leave it out",
  keyring: "signatures of charts are not checked here; leave it out",
};

interface Surroundings {
  readonly defaultNamespace: string;
  /** What a path in the program starts from. */
  readonly programFolder: string;
}

/** The inputs as they are kept: with what the provider fills in, without what is empty, files of values merged in. */
export function completed(given: Values, { defaultNamespace, programFolder }: Surroundings): CheckResult {
  const inputs: Values = {};
  const failures: { property: string; reason: string }[] = [];
  for (const [key, value] of Object.entries(given)) {
    if (noInputs.includes(key) || key === "valueYamlFiles" || isEmpty(key, value)) continue;
    if (key in unsupported) failures.push({ property: key, reason: unsupported[key] ?? "" });
    inputs[key] = value;
  }
  if (inputs["name"] === undefined) {
    failures.push({ property: "name", reason: "it is required: a release is found again by its name" });
  }
  if (inputs["chart"] === undefined) failures.push({ property: "chart", reason: "it is required" });
  inputs["namespace"] ??= defaultNamespace;
  if (inputs["skipAwait"] === undefined) inputs["timeout"] ??= defaultTimeout;

  const files = given["valueYamlFiles"];
  if (Array.isArray(files) && files.length > 0) {
    try {
      inputs["values"] = withFiles(files, inputs["values"], programFolder);
    } catch (error) {
      failures.push({ property: "valueYamlFiles", reason: messageOf(error) });
    }
  }
  return { inputs, failures };
}

/** What the provider's own type leaves out of the state: nothing, false, "", an empty block; a history of 0 counts. */
function isEmpty(key: string, value: Value): boolean {
  if (value === null || value === false || value === "") return true;
  if (value === 0) return key !== "maxHistory";
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** The files in their order, each over the one before, and the program's own values over them all. */
function withFiles(files: Value[], values: Value | undefined, programFolder: string): Value {
  if (values !== undefined && !isBlock(values)) return values;
  const read = files.map((file) => valuesIn(file, programFolder));
  return [...read, values ?? {}].reduce<Values>((below, above) => merged(below, above), {});
}

/** An asset as the engine sends it: a path, or the text itself. */
function valuesIn(file: Value, programFolder: string): Values {
  const { path, text } = isBlock(file) ? file : {};
  let content: string;
  if (typeof path === "string" && path !== "") content = readFileSync(resolve(programFolder, path), "utf8");
  else if (typeof text === "string") content = text;
  else if (hasUnknown(file)) throw new Error("a file of values has to be known before it is read");
  else throw new Error("only files and texts can be read here");

  const values = parse(content) as Value | undefined;
  if (values === null || values === undefined) return {};
  if (!isBlock(values)) throw new Error("a file of values holds a list or a text, and no values by name");
  return values;
}

function merged(below: Values, above: Values): Values {
  const result = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const lower = result[key];
    result[key] = isBlock(lower) && isBlock(value) ? merged(lower, value) : value;
  }
  return result;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
