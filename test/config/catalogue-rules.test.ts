import { expect } from "chai";

import { catalogueProblems } from "../../config/catalogue-rules";
import { serviceEntryOf } from "../support/settings";

type Entries = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function problemsOf(entries: Entries, names: readonly string[] = Object.keys(entries)): string[] {
  const catalogue = Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [name, serviceEntryOf(entry)]),
  );
  return catalogueProblems(catalogue, names).map(({ service, problem }) => `${service}: ${problem}`);
}

describe("what is wrong between entries of the catalogue", () => {
  const bad: [title: string, entries: Entries, problem: string][] = [
    [
      "a call of a service that is not there, with the nearest match",
      { billing: { calls: ["authentification"] }, authentication: {} },
      "billing: calls names authentification, which is no service; did you mean authentication? allowed: any other service with a file in catalog/services",
    ],
    [
      "a call of a service that resembles none",
      { billing: { calls: ["telephone"] }, authentication: {} },
      "billing: calls names telephone, which is no service; allowed: any other service with a file in catalog/services",
    ],
    [
      "a slip that resembles only the caller itself",
      { billing: { calls: ["biling"] } },
      "billing: calls names biling, which is no service; allowed: any other service with a file in catalog/services",
    ],
    [
      "a call of something that every object has",
      { billing: { calls: ["constructor"] } },
      "billing: calls names constructor, which is no service; allowed: any other service with a file in catalog/services",
    ],
    [
      "a service that calls itself",
      { billing: { calls: ["billing"] } },
      "billing: calls names billing itself; take it out",
    ],
    [
      "a call of a service on its way out",
      { billing: { calls: ["legacy"] }, legacy: { retired: true } },
      "billing: calls names legacy, which is retired; take it out here, or retired out of legacy.yaml",
    ],
    [
      "two services on one host and path, and tells the second",
      { alpha: { exposes: { host: "api", path: "/v1" } }, bravo: { exposes: { host: "api", path: "/v1" } } },
      "bravo: exposes host api with path /v1, as alpha does; choose another path or host for one of them",
    ],
    [
      "two services on the whole of one host, whether they say so or not",
      { alpha: { exposes: { host: "api" } }, bravo: { exposes: { host: "api", path: "/" } } },
      "bravo: exposes host api with path /, as alpha does; choose another path or host for one of them",
    ],
  ];
  for (const [title, entries, problem] of bad) {
    it(`is ${title}`, () => {
      expect(problemsOf(entries)).to.deep.equal([problem]);
    });
  }

  const fine: [title: string, entries: Entries][] = [
    ["calls both ways", { alpha: { calls: ["bravo"] }, bravo: { calls: ["alpha"] } }],
    [
      "one host with paths inside each other: the longest that fits is taken",
      { alpha: { exposes: { host: "api" } }, bravo: { exposes: { host: "api", path: "/v1" } } },
    ],
    [
      "one path on two hosts",
      {
        alpha: { exposes: { host: "api", path: "/v1" } },
        bravo: { exposes: { host: "hooks", path: "/v1" } },
      },
    ],
    ["services that expose nothing", { alpha: {}, bravo: {} }],
    ["a retired service that calls others", { alpha: { retired: true, calls: ["bravo"] }, bravo: {} }],
    [
      "services that call each other and go together",
      { alpha: { retired: true, calls: ["bravo"] }, bravo: { retired: true, calls: ["alpha"] } },
    ],
  ];
  for (const [title, entries] of fine) {
    it(`is not ${title}`, () => {
      expect(problemsOf(entries)).to.deep.equal([]);
    });
  }

  it("is not a call of a service whose file has mistakes of its own", () => {
    expect(problemsOf({ alpha: { calls: ["broken"] } }, ["alpha", "broken"])).to.deep.equal([]);
  });

  it("is told all at once", () => {
    expect(
      problemsOf({ alpha: { calls: ["alpha", "nobody"] }, bravo: { calls: ["somebody-else"] } }),
    ).to.have.length(3);
  });
});
