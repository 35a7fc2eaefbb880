import { expect } from "chai";

import { judge } from "../../policies/policy";
import { type ReleaseInputs, releasePolicies } from "../../policies/releases";

const charts = ["oci://europe-west1-docker.pkg.dev/acme-ci/charts"];

const good: ReleaseInputs = {
  name: "billing",
  chart: `${charts[0]}/billing`,
  version: "1.4.2",
  atomic: true,
  timeout: 600,
  maxHistory: 10,
  values: { environment: { name: "staging", secrets: { key: "projects/p/secrets/key/versions/latest" } } },
};

const found = (changes: Partial<ReleaseInputs>) =>
  judge(releasePolicies, { ...good, ...changes }, { charts }).map(
    ({ control, problem }) => `${control} ${problem}`,
  );

describe("the controls of a release", () => {
  it("find nothing in one exact version of a chart of ours that goes back by itself", () => {
    expect(found({})).to.deep.equal([]);
    expect(found({ version: "1.4.2-pr.57" })).to.deep.equal([]);
  });

  const mutations: readonly (readonly [what: string, changes: Partial<ReleaseInputs>, finding: string])[] = [
    ["a range", { version: "^1.4.0" }, "124 its version is ^1.4.0; give one exact version"],
    ["no version", { version: "" }, "124 its version is missing; give one exact version"],
    [
      "a chart of somebody's",
      { chart: "oci://example.com/billing" },
      "124 its chart oci://example.com/billing",
    ],
    ["a repository that begins like ours", { chart: `${charts[0]}2/billing` }, "124 its chart"],
    ["development versions", { devel: true }, "124 devel"],
    ["a name that is taken", { replace: true }, "124 replace"],
    ["objects that are made anew", { forceUpdate: true }, "124 forceUpdate"],
    ["objects of somebody's", { takeOwnership: true }, "124 takeOwnership"],
    ["failures that stay", { atomic: false }, "125 a failed upgrade stays as it is; set atomic"],
    ["patience without end", { timeout: 0 }, "125 nobody said how long it may take; set timeout"],
    ["all versions kept", { maxHistory: 0 }, "125 it keeps every version"],
    ["no version to go back to", { maxHistory: 1 }, "125 it keeps every version"],
    ["a namespace of its own", { createNamespace: true }, "125 it makes a namespace"],
    [
      "a key as a value",
      { values: { key: "-----BEGIN PRIVATE KEY-----" } },
      "126 key looks like a private key",
    ],
  ];
  for (const [what, changes, finding] of mutations) {
    it(`find ${what}`, () => {
      const [first, ...others] = found(changes);
      expect(first?.startsWith(finding), first).to.equal(true);
      expect(others).to.deep.equal([]);
    });
  }
});
