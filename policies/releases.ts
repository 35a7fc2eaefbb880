/** What holds of every Helm release, and of the objects that its chart renders. */
import { type ClusterPolicy, nameOf, type Policy } from "./policy";
import { secretsIn } from "./secret-text";

/** The inputs of a `helm.v3.Release`, as far as policies look at them. */
export interface ReleaseInputs {
  readonly name: string;
  readonly chart: string;
  readonly version?: string;
  readonly devel?: boolean;
  readonly replace?: boolean;
  readonly forceUpdate?: boolean;
  readonly takeOwnership?: boolean;
  readonly atomic?: boolean;
  readonly cleanupOnFail?: boolean;
  /** Seconds. */
  readonly timeout?: number;
  readonly maxHistory?: number;
  readonly createNamespace?: boolean;
  readonly values?: unknown;
}

export interface ReleaseContext {
  /** What a chart's name begins with, up to the last slash; a folder of ours, or a repository of ours. */
  readonly charts: readonly string[];
}

const exact = /^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z.-]+)?$/;

/** Ways in which Helm would go on where it had better stop. */
const careless = ["devel", "replace", "forceUpdate", "takeOwnership"] as const;

export const releasePolicies: readonly Policy<ReleaseInputs, ReleaseContext>[] = [
  {
    control: 124,
    title: "a release is of one exact version of a chart of ours",
    sources: [],
    find: ({ name, chart, version = "", ...inputs }, { charts }) => {
      const where = `Release ${name}`;
      return [
        ...(exact.test(version)
          ? []
          : [{ where, problem: `its version is ${version || "missing"}; give one exact version` }]),
        ...(charts.some((prefix) => chart.startsWith(`${prefix}/`))
          ? []
          : [
              {
                where,
                problem: `its chart ${chart} comes from elsewhere; take it from ${charts.join(" or ")}`,
              },
            ]),
        ...careless
          .filter((flag) => inputs[flag] === true)
          .map((flag) => ({ where, problem: `${flag} takes what Helm would stop at; take it out` })),
      ];
    },
  },
  {
    control: 125,
    title: "a release that fails goes back by itself, in a time that is known",
    sources: [],
    find: ({ name, ...inputs }) => {
      const where = `Release ${name}`;
      const found = (wrong: boolean, problem: string) => (wrong ? [{ where, problem }] : []);
      const { timeout = 0, maxHistory = 0 } = inputs;
      return [
        ...found(inputs.atomic !== true, "a failed upgrade stays as it is; set atomic"),
        ...found(timeout <= 0, "nobody said how long it may take; set timeout"),
        ...found(
          maxHistory < 2 || maxHistory > 20,
          "it keeps every version for ever, or none to go back to; set maxHistory to 2-20",
        ),
        ...found(
          inputs.createNamespace === true,
          "it makes a namespace that nobody guards; let the program make it, and take createNamespace out",
        ),
      ];
    },
  },
  {
    control: 126,
    title: "no value of a release is a secret",
    sources: [],
    find: ({ name, values }) =>
      secretsIn(values).map(({ path, secret }) => ({
        where: `Release ${name}`,
        problem: `${path} looks like ${secret}; put it into Secret Manager, and give its name`,
      })),
  },
];

/** The same of what is rendered: whoever may read a release may read all of it. */
export const renderedPolicies: readonly ClusterPolicy[] = [
  {
    control: 126,
    title: "no object of a chart holds a secret",
    sources: [],
    find: (objects) => [
      ...objects
        .filter(({ kind }) => kind === "Secret")
        .map((object) => ({
          where: nameOf(object),
          problem: "its values are in the release for everybody to read; put them into Secret Manager",
        })),
      ...objects.flatMap((object) =>
        secretsIn(object).map(({ path, secret }) => ({
          where: nameOf(object),
          problem: `${path} looks like ${secret}; put it into Secret Manager, and mount it as a file`,
        })),
      ),
    ],
  },
];
