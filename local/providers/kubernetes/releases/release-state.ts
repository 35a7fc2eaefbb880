import { isDeepStrictEqual } from "node:util";

import { isBlock } from "../../../cloud/check";
import type { Value, Values } from "../../../cloud/rules/shape";
import type { Revision } from "./history";
import type { ReleaseInputs } from "./release-inputs";
import { resourceNamesOf } from "./resource-names";

/** The id of a release in the engine's state. */
export function idOf({ namespace, name }: Pick<ReleaseInputs, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}

/** What the program gave, and what became of it. */
export function outputsOf(inputs: Values, { number, status, contents }: Revision): Values {
  const { name, version, appVersion } = contents.chart.metadata;
  return {
    ...inputs,
    version,
    resourceNames: resourceNamesOf(contents.manifest),
    status: {
      ...(appVersion !== undefined && { appVersion }),
      chart: name,
      name: inputs["name"] ?? null,
      namespace: inputs["namespace"] ?? null,
      revision: number,
      status,
      version,
    },
  };
}

/** The inputs that would make the release what it is, so that a change by somebody else shows. */
export function liveInputs(
  known: Values,
  id: { namespace: string; name: string },
  { contents }: Revision,
): Values {
  const { version, name: chart } = contents.chart.metadata;
  const live = contents.config ?? {};
  const given = known["values"] ?? {};
  const values = known["reuseValues"] === true && covers(live, given) ? given : live;
  const inputs: Values = { chart, timeout: 300, ...known, ...id, version };
  // An empty block and none are the same to Helm.
  if (isDeepStrictEqual(values, {})) delete inputs["values"];
  else inputs["values"] = values;
  return inputs;
}

/** Whether one value holds everything of another: with reused values there is more in a release than was given. */
function covers(whole: Value | undefined, part: Value): boolean {
  if (!isBlock(part)) return isDeepStrictEqual(whole, part);
  return isBlock(whole) && Object.entries(part).every(([key, value]) => covers(whole[key], value));
}
