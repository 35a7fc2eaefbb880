import { compareVersions } from "../version";
import { type Image, type JenkinsRelease, jenkinsReleaseSchema } from "./release";

/** What a raise is made from: all of it, or nothing is raised. */
export interface Raise {
  chart: string;
  core: string;
  /** Images the chart names in its annotations. */
  images: { configReload: string; agent: string };
  /** The whole closure, a line `name:version` each; empty lines and comments pass. */
  plugins: string;
}

/** Lists of plugins with a problem, or too few of them; the message names every line that is wrong. */
export class RaiseError extends Error {}

/** The next pinned set, as a unit. */
export function raised(now: JenkinsRelease, raise: Raise): JenkinsRelease {
  const plugins = parsePlugins(raise.plugins);
  const missing = Object.keys(now.plugins).filter((name) => !(name in plugins));
  const { images } = now;
  const next = {
    chart: raise.chart,
    core: raise.core,
    images: {
      controller: retagged(images.controller, `${raise.core}-jdk21`),
      configReload: retagged(images.configReload, raise.images.configReload),
      agent: retagged(images.agent, raise.images.agent),
    },
    plugins,
  };
  // A list of what somebody wants to raise would drop all the rest; who means to drop plugins edits the file before.
  if (missing.length > 0) {
    throw new RaiseError(
      `the list of plugins is not the whole closure: ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} pinned now and not in it; ` +
        "give every plugin with its version, or remove from config/jenkins/pinned.json first what is no longer wanted",
    );
  }
  if (compareVersions(raise.core, now.core) < 0) {
    throw new RaiseError(
      `core ${raise.core} is older than ${now.core}: Jenkins does not read a home that a newer one has written; restore the home and the file from git instead`,
    );
  }
  const result = jenkinsReleaseSchema.safeParse(next);
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new RaiseError(problems.join("\n"));
  }
  return result.data;
}

/** A digest is of one image: it stays with its tag, and a new tag begins without one. */
function retagged(image: Image, tag: string): Image {
  return tag === image.tag ? image : { repository: image.repository, tag };
}

/** Plugins by name, sorted; refuses a line without an exact version, and a name that comes twice. */
export function parsePlugins(text: string): Record<string, string> {
  const lines = text.split("\n").map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const entries = lines.filter(({ line }) => line !== "" && !line.startsWith("#"));
  const problems: string[] = [];
  const plugins = new Map<string, string>();
  for (const { line, number } of entries) {
    const [, name, version] = /^([a-z0-9][a-z0-9-]*):([0-9][0-9A-Za-z._-]*)$/.exec(line) ?? [];
    if (name === undefined || version === undefined) {
      problems.push(`line ${number} is ${JSON.stringify(line)}; it must be NAME:VERSION, such as git:5.10.1`);
    } else if (plugins.has(name)) {
      problems.push(`line ${number} names ${name} again; keep one version of it`);
    } else plugins.set(name, version);
  }
  if (problems.length > 0) throw new RaiseError(problems.join("\n"));
  return Object.fromEntries([...plugins].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One line for each thing that a raise changes. */
export function changes(before: JenkinsRelease, after: JenkinsRelease): string[] {
  const [from, to] = [flat(before), flat(after)];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((key) => from[key] !== to[key])
    .map((key) => `${key}: ${from[key] ?? "(none)"} -> ${to[key] ?? "(none)"}`);
}

function flat({ chart, core, images, plugins }: JenkinsRelease): Record<string, string> {
  const tags = Object.entries(images).map(([name, { tag }]) => [`image ${name}`, tag]);
  const versions = Object.entries(plugins).map(([name, version]) => [`plugin ${name}`, version]);
  return Object.fromEntries([["chart", chart], ["core", core], ...tags, ...versions]) as Record<
    string,
    string
  >;
}
