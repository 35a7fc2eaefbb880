/** Rules over several keys, as a person meets them: in the message about a stack's file. */
import { expect } from "chai";
import fc from "fast-check";

import { crossRules, isBlock } from "../../config/cross-rules";
import { block, changed, problemsOf, stackConfig, type Values } from "../support/settings";

const services = { machineType: "e2-standard-4", spot: false, minNodes: 0, maxNodes: 1, diskGb: 50 };
const tainted = { builds: { ...services, taint: "builds" } };
const filled = (maxNodes: number, more: Values = {}) =>
  block("staging", "platform:cluster.pools.services.maxNodes", maxNodes, more);
const clusterWith = (changes: Values): Values => ({
  "platform:cluster": {
    ...(JSON.parse(stackConfig("staging").values["platform:cluster"] ?? "") as Values),
    ...changes,
  },
});

/** For each rule something that breaks it, and the whole of what is said about that. */
const broken: { title: string; stack?: string; change: Values; problem: string }[] = [
  {
    title: "alerts without the token that sends them",
    change: { "platform:slackToken": undefined },
    problem:
      "platform:slackToken is missing: alerts.slackChannel needs it; set it with: pulumi config set --secret platform:slackToken",
  },
  {
    title: "a budget whose alerts nobody would get",
    change: { "platform:alerts": undefined },
    problem:
      'platform:budget is {"billingAccount":"01ABCD-23EF45-6789AB","monthly":1500,"currency":"EUR"}: it needs alerts, which say whom to tell',
  },
  {
    title: "a cluster in another region than its network",
    change: block("staging", "platform:cluster.location", "us-central1-a"),
    problem:
      'platform:cluster.location is "us-central1-a": it must be the region of this environment or one of its zones (network and database are there)',
  },
  {
    title: "a cluster whose own pods could run nowhere",
    change: block("staging", "platform:cluster.pools", tainted),
    problem: `platform:cluster.pools is ${JSON.stringify(tainted)}: every pool has a taint, so the cluster's own pods could run nowhere; leave it out of one pool`,
  },
  {
    title: "pools that need more addresses than there are",
    change: block("staging", "platform:cluster.pools", { services: { ...services, maxNodes: 128 } }),
    problem: `platform:cluster.pools is ${JSON.stringify({ services: { ...services, maxNodes: 128 } })}: their maxNodes, and one more of each while it is upgraded, need more addresses than the slice in network.addresses has; lower maxNodes or podsPerNode`,
  },
  {
    title: "a version for production that no commit says",
    stack: "production",
    change: block("production", "platform:services.versions", { billing: "1.4.2" }),
    problem:
      'platform:services.versions is {"billing":"1.4.2"}: where lifecycle is protected, versions come from the file in catalog/releases alone; leave it out and commit the version there',
  },
  {
    title: "data of customers that goes without a backup",
    stack: "production",
    change: block("production", "platform:database.keepBackups", false),
    problem:
      "platform:database.keepBackups is false: where customerData is true, backups are kept; set it to true",
  },
  {
    title: "a deployer for one of the pop-ups, which share a project",
    stack: "popup-search",
    change: { "platform:deployer": "deployer--popups@acme-ci.iam.gserviceaccount.com" },
    problem:
      "platform:deployer is \"deployer--popups@acme-ci.iam.gserviceaccount.com\": pop-ups share a project, so one pop-up's grant would be everybody's and go with the first; leave it out",
  },
  {
    title: "a previewer for one of the pop-ups, which share a project",
    stack: "popup-search",
    change: { "platform:previewer": "deployer--preview@acme-ci.iam.gserviceaccount.com" },
    problem:
      "platform:previewer is \"deployer--preview@acme-ci.iam.gserviceaccount.com\": pop-ups share a project, so one pop-up's grant would be everybody's and go with the first; leave it out",
  },
  {
    title: "a rehearser for one of the pop-ups, which share a project",
    stack: "popup-search",
    change: { "platform:rehearser": "deployer--rehearsal@acme-ci.iam.gserviceaccount.com" },
    problem:
      "platform:rehearser is \"deployer--rehearsal@acme-ci.iam.gserviceaccount.com\": pop-ups share a project, so one pop-up's grant would be everybody's and go with the first; leave it out",
  },
];

describe("rules over several settings", () => {
  it("are all in this test", () => {
    const said = broken.map(({ problem }) => problem);
    const silent = crossRules.filter(({ error }) => !said.some((problem) => problem.includes(`: ${error}`)));
    expect(silent).to.deep.equal([]);
    expect(crossRules).to.have.length(broken.length);
  });

  for (const { title, stack = "staging", change, problem } of broken) {
    it(`refuse ${title}, with the key and a way out`, () => {
      expect(problemsOf(changed(stack, change))).to.deep.equal([problem]);
    });

    it(`refuse ${title}, also while other keys are wrong`, () => {
      const wrong = {
        "platform:projectNumber": undefined,
        "platform:owner": "The Team",
        "platform:regoin": "x",
      };
      const problems = problemsOf(changed(stack, { ...change, ...wrong }));
      expect(problems).to.have.length(4).and.to.include(problem);
    });
  }

  const fine: [title: string, stack: string, change: Values][] = [
    [
      "no alerts, and so no token and no budget",
      "staging",
      { "platform:alerts": undefined, "platform:slackToken": undefined, "platform:budget": undefined },
    ],
    ["alerts without a budget", "staging", { "platform:budget": undefined }],
    ["a zone of the region", "staging", block("staging", "platform:cluster.location", "europe-west1-c")],
    [
      "a pool with a taint beside one without",
      "staging",
      block("staging", "platform:cluster.pools", { ...tainted, services }),
    ],
    ["pools that fill the slice to the last node", "staging", filled(127)],
    [
      "twice the nodes with about half the pods",
      "staging",
      clusterWith({ podsPerNode: 64, pools: { services: { ...services, maxNodes: 255 } } }),
    ],
    [
      "data of nobody in particular without backups",
      "staging",
      block("staging", "platform:database.keepBackups", false),
    ],
    [
      "versions of its own in a pop-up",
      "popup-search",
      block("popup-search", "platform:services.versions", { billing: "1.5.0-pr.57" }),
    ],
    ["data of customers outside a database", "production", { "platform:database": undefined }],
    [
      "a deployer in an environment that is disposable and no pop-up, which has its project to itself",
      "staging",
      { "platform:lifecycle": "disposable" },
    ],
  ];
  for (const [title, stack, change] of fine) {
    it(`accept ${title}`, () => {
      expect(problemsOf(changed(stack, change))).to.deep.equal([]);
    });
  }

  it("count one node of each pool more, which an upgrade makes beside the others", () => {
    const pools = (...maxNodes: number[]) =>
      block(
        "staging",
        "platform:cluster.pools",
        Object.fromEntries(maxNodes.map((most, index) => [`pool-${index}`, { ...services, maxNodes: most }])),
      );
    expect(problemsOf(changed("staging", pools(63, 63)))).to.deep.equal([]);
    expect(problemsOf(changed("staging", pools(63, 64)))).to.have.length(1);
  });

  it("hold for pop-ups, whose slices are small", () => {
    const pools = (maxNodes: number) =>
      block("popup-search", "platform:cluster.pools.services.maxNodes", maxNodes);
    expect(problemsOf(changed("popup-search", pools(23)))).to.deep.equal([]);
    expect(problemsOf(changed("popup-search", pools(24)))).to.have.length(1);
  });

  /** What a rule cannot judge is told once, by the rule for the key that is wrong. */
  const unjudged: [title: string, stack: string, change: Values, key: string][] = [
    ["a region that does not exist", "staging", { "platform:region": "mars" }, "platform:region"],
    [
      "a location that is a number",
      "staging",
      block("staging", "platform:cluster.location", 7),
      "platform:cluster.location",
    ],
    ["a cluster that is no block", "staging", { "platform:cluster": "7" }, "platform:cluster"],
    [
      "pools that are a list",
      "staging",
      block("staging", "platform:cluster.pools", [{ ...services, taint: "x" }]),
      "platform:cluster.pools",
    ],
    [
      "a slice that does not exist, with more nodes than any has",
      "staging",
      filled(1000, block("staging", "platform:network.addresses", "mars")),
      "platform:network.addresses",
    ],
    [
      "no number of pods, with more nodes than any slice has",
      "staging",
      clusterWith({ podsPerNode: undefined, pools: { services: { ...services, maxNodes: 1000 } } }),
      "platform:cluster.podsPerNode",
    ],
    ["a database that is no block", "production", { "platform:database": "7" }, "platform:database"],
    [
      "customer data that may be",
      "production",
      block("production", "platform:database.keepBackups", false, { "platform:customerData": "maybe" }),
      "platform:customerData",
    ],
  ];
  for (const [title, stack, change, key] of unjudged) {
    it(`leave ${title} to the rule for that key alone`, () => {
      const problems = problemsOf(changed(stack, change));
      expect(problems.map((problem) => problem.split(" ")[0])).to.deep.equal([key]);
    });
  }

  it("never fail themselves, whatever stands in a file", () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record({ addresses: fc.jsonValue() }),
      fc.record({
        location: fc.jsonValue(),
        podsPerNode: fc.jsonValue(),
        pools: fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.record({ maxNodes: fc.jsonValue() }))),
      }),
    );
    const keys = fc.constantFrom("alerts", "slackToken", "cluster", "region", "network", "customerData");
    const settings = fc.dictionary(
      fc.oneof(keys, fc.constantFrom("database", "deployer", "budget")),
      anything,
    );
    fc.assert(
      fc.property(settings, (given) => {
        for (const { holds } of crossRules) expect(holds(given)).to.be.a("boolean");
      }),
      { numRuns: 500 },
    );
  });
});

describe("a block", () => {
  for (const [title, value, expected] of [
    ["a value with named parts", { a: 1 }, true],
    ["an empty one", {}, true],
    ["a list", [1], false],
    ["nothing", null, false],
    ["a text", "a", false],
  ] as const) {
    it(`is ${expected ? "" : "not "}${title}`, () => {
      expect(isBlock(value)).to.equal(expected);
    });
  }
});
