import { nearest } from "./nearest";
import type { ServiceEntry } from "./service";

type Entries = Readonly<Record<string, ServiceEntry>>;

/** What is wrong between the entries of a catalogue, with the service whose file is to be mended. */
export interface CatalogueProblem {
  readonly service: string;
  readonly problem: string;
}

/**
 * Everything that is wrong between entries.
 *
 * `names` are all services that have a file, also one that cannot be used: calling it is no second mistake.
 */
export function catalogueProblems(entries: Entries, names: readonly string[]): CatalogueProblem[] {
  return Object.entries(entries).flatMap(([service, entry]) =>
    [
      ...entry.calls.flatMap((called) => callProblems(service, entry, called, entries, names)),
      ...exposureProblems(service, entry, entries),
    ].map((problem) => ({ service, problem })),
  );
}

function callProblems(
  service: string,
  { retired }: ServiceEntry,
  called: string,
  entries: Entries,
  names: readonly string[],
): string[] {
  if (called === service) {
    return [`calls names ${service} itself; take it out`];
  }
  if (!names.includes(called)) {
    const meant = nearest(
      called,
      names.filter((name) => name !== service),
    );
    return [
      `calls names ${called}, which is no service; ${meant ? `did you mean ${meant}? ` : ""}` +
        "allowed: any other service with a file in catalog/services",
    ];
  }
  // Two that go together may call each other to the end.
  if (entries[called]?.retired === true && !retired) {
    return [`calls names ${called}, which is retired; take it out here, or retired out of ${called}.yaml`];
  }
  return [];
}

/** Of two that expose the same, the second in the order of names is told. */
function exposureProblems(service: string, { exposes }: ServiceEntry, entries: Entries): string[] {
  if (!exposes) return [];
  const first = Object.keys(entries).find((name) => {
    const other = entries[name]?.exposes;
    return other?.host === exposes.host && other.path === exposes.path;
  });
  return first === undefined || first === service
    ? []
    : [
        `exposes host ${exposes.host} with path ${exposes.path}, as ${first} does; ` +
          "choose another path or host for one of them",
      ];
}
