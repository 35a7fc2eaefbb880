import { nearest } from "../nearest";
import list from "./chart-5.9.53-keys.json";

/** Every key of the pinned chart, by its path, with its default as text. */
export const chartKeys: { readonly version: string; readonly keys: Readonly<Record<string, string>> } = list;

/** Keys that the chart hands on as they are, so what is inside is not its own. */
const handedOn = [
  "controller.podSecurityContextOverride",
  "controller.containerSecurityContext",
  "controller.sidecars.configAutoReload.containerSecurityContext",
  "controller.sidecars.configAutoReload.resources",
  "controller.resources",
  "controller.nodeSelector",
  "controller.podAnnotations",
  "controller.podLabels",
  "controller.JCasC.configScripts",
  "serviceAccount.annotations",
];

/**
 * What is wrong with values: keys that the chart does not know. It has no schema, so it would pass over them in
 * silence.
 */
export function unknownKeys(values: object, { keys } = chartKeys): string[] {
  const known = Object.keys(keys);
  return leaves(values)
    .filter((path) => !known.includes(path) && !handedOn.some((free) => path.startsWith(`${free}.`)))
    .map((path) => {
      const meant = nearest(path, known);
      return `${path} is no key of the chart ${chartKeys.version}; ${meant ? `did you mean ${meant}? ` : ""}its keys are in config/jenkins/chart-${chartKeys.version}-keys.json`;
    });
}

/** Paths to everything that is no block; lists are values. */
function leaves(value: object, path = ""): string[] {
  return Object.entries(value as Record<string, unknown>).flatMap(([key, inner]) => {
    const here = path === "" ? key : `${path}.${key}`;
    return typeof inner === "object" &&
      inner !== null &&
      !Array.isArray(inner) &&
      Object.keys(inner).length > 0
      ? leaves(inner, here)
      : [here];
  });
}
