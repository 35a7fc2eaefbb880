import { expect } from "chai";

import type { PreviewStep } from "../../../cli/release/preview-digest";
import { objectionsText, verdictOf } from "../../../cli/release/verdict";

const urn = (types: string, name: string) => `urn:pulumi:staging::platform::${types}::${name}`;
const releaseOf = (service: string) => urn("platform:index:Service$kubernetes:helm.sh/v3:Release", service);
const network = urn("platform:index:Network$gcp:compute/network:Network", "main");
const dashboard = urn("platform:index:Monitoring$gcp:monitoring/dashboard:Dashboard", "billing");
const monitoringOf = (service: string) => urn("platform:index:Monitoring", service);

type Inputs = Record<string, unknown>;
const state = (inputs: Inputs = {}, rest: { parent?: string; protect?: boolean } = {}) => ({
  inputs,
  protect: false,
  ...rest,
});
const version = (value: string, values: Inputs = { port: 8080 }) => state({ version: value, values });
const step = (op: string, of: string, old?: PreviewStep["oldState"], next = old): PreviewStep => ({
  op,
  urn: of,
  ...(old && { oldState: old }),
  ...(next && { newState: next }),
});
const update = step("update", releaseOf("billing"), version("1.4.2"), version("1.4.3"));
const create: PreviewStep = { op: "create", urn: releaseOf("billing"), newState: version("1.0.0") };
const judge = (steps: PreviewStep[], first = false) => verdictOf(steps, "billing", { first });
const said = (steps: PreviewStep[], first = false) => {
  const { plan, objections } = judge(steps, first);
  return [plan, objectionsText(objections).trim()];
};

describe("a plan", () => {
  it("passes when it changes the version of that service alone", () => {
    expect(judge([update])).to.deep.equal({
      plan: "only",
      from: "1.4.2",
      to: "1.4.3",
      targets: [releaseOf("billing")],
      objections: [],
    });
  });

  it("passes with steps that leave a resource as it is", () => {
    const quiet = ["same", "read", "refresh"].map((op) => step(op, network, state()));
    expect(judge([...quiet, update]).plan).to.equal("only");
    expect(judge(quiet)).to.deep.include({ plan: "nothing", targets: [] });
  });

  it("passes with what the provider derives from the chart", () => {
    const derived = (names: string[], value: string) => state({ version: value, resourceNames: names });
    const steps = [step("update", releaseOf("billing"), derived(["a"], "1.0.0"), derived(["b"], "1.1.0"))];
    expect(judge(steps).plan).to.equal("only");
  });

  const refusals: [title: string, steps: PreviewStep[], objection: string][] = [
    ["touches another resource", [update, step("update", network)], "update Network › Network main"],
    ["deletes one", [update, step("delete", network)], "delete Network › Network main"],
    ["imports one", [update, step("import", network)], "import Network › Network main"],
    ["forgets one that was only read", [update, step("discard", network)], "discard Network › Network main"],
    [
      "takes the protection of one",
      [update, step("same", network, state({}, { protect: true }), state())],
      "unprotect Network › Network main",
    ],
    [
      "releases another service too",
      [update, step("update", releaseOf("billing-export"))],
      "update Service › Release billing-export",
    ],
    [
      "releases only another service",
      [step("update", releaseOf("routing"))],
      "update Service › Release routing",
    ],
    [
      "changes a release of that name which is no service's",
      [step("update", urn("platform:index:Jenkins$kubernetes:helm.sh/v3:Release", "billing"))],
      "update Jenkins › Release billing",
    ],
    [
      "replaces the release",
      [step("replace", releaseOf("billing"), version("1.4.2"), version("1.4.3"))],
      "replace Service › Release billing (a version is put in by an update)",
    ],
    [
      "replaces the release in several steps",
      [step("create-replacement", releaseOf("billing")), step("delete-replaced", releaseOf("billing"))],
      "replace Service › Release billing (a version is put in by an update)",
    ],
    [
      "deletes the release",
      [step("delete", releaseOf("billing"))],
      "delete Service › Release billing (a version is put in by an update)",
    ],
    [
      "changes its values as well",
      [step("update", releaseOf("billing"), version("1.4.2"), version("1.4.3", { port: 9090 }))],
      "update Service › Release billing (not only its version differs: values)",
    ],
    [
      "changes nothing of the release that shows",
      [step("update", releaseOf("billing"), version("1.4.2"))],
      "update Service › Release billing (its version stays)",
    ],
    [
      "makes the release for the first time",
      [create],
      "create Service › Release billing (no version ran there before; where that is meant, say --first)",
    ],
  ];
  for (const [title, steps, objection] of refusals) {
    it(`is refused when it ${title}`, () => {
      expect(said(steps)).to.deep.equal(["more", objection]);
      expect(judge(steps).targets).to.deep.equal([]);
    });
  }

  it("may make the first release, with what watches that service, when that is said", () => {
    const watched = [
      step("create", monitoringOf("billing"), undefined, state()),
      step("create", dashboard, undefined, state({}, { parent: monitoringOf("billing") })),
    ];
    const { plan, from, to, targets } = judge([create, ...watched], true);
    expect([plan, from, to]).to.deep.equal(["only", null, "1.0.0"]);
    expect(targets).to.deep.equal([releaseOf("billing"), monitoringOf("billing"), dashboard]);
  });

  it("may not make or change anything else with the first release", () => {
    const stranger = step(
      "create",
      dashboard,
      undefined,
      state({}, { parent: monitoringOf("billing-export") }),
    );
    expect(said([create, stranger], true)[0]).to.equal("more");
    expect(said([create, step("create", network)], true)).to.deep.equal([
      "more",
      "create Network › Network main",
    ]);
    expect(said([create, step("update", monitoringOf("billing"))], true)[0]).to.equal("more");
  });

  it("may make what watches a service only with its first release", () => {
    expect(said([update, step("create", monitoringOf("billing"))], true)[0]).to.equal("more");
  });
});
