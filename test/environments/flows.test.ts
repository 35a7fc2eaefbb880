/**
 * Who may talk to whom in each environment, by the network policies that its stack makes.
 *
 * The policies are read as Kubernetes defines them (test/support/network-policies). Not proven here: that Dataplane V2
 * does the same. Where it sees another address than the pod asked for, the flow below is the one that it sees.
 */
import { expect } from "chai";

import { type KubernetesObject, kubernetesObjects } from "../support/recorded-objects";
import { allows, type Connection, type End } from "../support/network-policies";
import { recordEnvironment } from "../support/recorder";
import { clusteredStacks, popup } from "../support/settings";

const kubeSystem = (app: string): End => ({ namespace: "kube-system", labels: { "k8s-app": app } });
const ends = {
  "kube-dns": kubeSystem("kube-dns"),
  "the cache of names on the node": kubeSystem("node-local-dns"),
  "the address of that cache": { address: "169.254.20.10" },
  "another pod of the system": kubeSystem("metrics-server"),
  "the metadata server": { address: "169.254.169.254" },
  "the metadata server's own address": { address: "169.254.169.252" },
  "an address of the internet": { address: "203.0.113.7" },
  "Google's APIs": { address: "142.250.74.106" },
  "Google's APIs by their private address": { address: "199.36.153.8" },
  "a node": { address: "10.0.4.2" },
  "the database's endpoint": { address: "10.0.0.9" },
  "another endpoint in the network": { address: "10.0.0.10" },
  "a service's address": { address: "34.118.224.1" },
  "a load balancer": { address: "35.191.3.4" },
  "a health check": { address: "130.211.1.2" },
  "Google's collector of metrics": { namespace: "gmp-system", labels: { app: "collector" } },
  "a stranger's pod": { namespace: "default" },
} satisfies Record<string, End>;

type Name = keyof typeof ends;
type Flow = readonly [other: Name | "its like", port: number, protocol?: "UDP"];

interface Table {
  readonly stack: string;
  readonly namespace: string;
  readonly calls: readonly Flow[];
  readonly callsNot: readonly Flow[];
  readonly answers: readonly Flow[];
  readonly answersNot: readonly Flow[];
}

/** What every pod of ours may do, and none. */
const always: Pick<Table, "calls" | "callsNot" | "answersNot"> = {
  calls: [
    ["kube-dns", 53, "UDP"],
    ["kube-dns", 53],
    ["the cache of names on the node", 53, "UDP"],
    ["the address of that cache", 53, "UDP"],
    ["the metadata server", 80],
    ["the metadata server's own address", 987],
    ["the metadata server's own address", 988],
    ["an address of the internet", 443],
    ["Google's APIs", 443],
    ["Google's APIs by their private address", 443],
  ],
  callsNot: [
    ["kube-dns", 443],
    ["another pod of the system", 53],
    ["another pod of the system", 443],
    ["the metadata server", 53, "UDP"],
    ["the metadata server", 443],
    ["an address of the internet", 80],
    ["an address of the internet", 25],
    ["an address of the internet", 443, "UDP"],
    ["an address of the internet", 53, "UDP"],
    ["a node", 443],
    ["a node", 10250],
    ["a service's address", 443],
    ["the database's endpoint", 443],
    ["another endpoint in the network", 443],
    ["another endpoint in the network", 3307],
    ["a stranger's pod", 8080],
  ],
  answersNot: [
    ["an address of the internet", 8080],
    ["a node", 8080],
    ["a stranger's pod", 8080],
    ["another pod of the system", 8080],
    ["a load balancer", 22],
  ],
};

const service = (stack: string, more: Pick<Table, "calls" | "callsNot">): Table => ({
  stack,
  namespace: stack,
  calls: [["its like", 8080], ["its like", 5432], ...more.calls],
  callsNot: [["an address of the internet", 22], ["the database's endpoint", 5432], ...more.callsNot],
  answers: [
    ["its like", 8080],
    ["a load balancer", 8080],
    ["a health check", 15021],
    ["Google's collector of metrics", 9090],
  ],
  answersNot: [],
});

const pipeline = (namespace: string, more: Pick<Table, "calls" | "callsNot">): Table => ({
  stack: "ci",
  namespace,
  calls: more.calls,
  callsNot: [["its like", 8080], ["the database's endpoint", 3307], ...more.callsNot],
  answers: [],
  answersNot: [
    ["its like", 8080],
    ["a load balancer", 8080],
    ["a health check", 8080],
    ["Google's collector of metrics", 9090],
  ],
});

const tables: readonly Table[] = [
  pipeline("builds", { calls: [["an address of the internet", 22]], callsNot: [] }),
  pipeline("deploys", { calls: [], callsNot: [["an address of the internet", 22]] }),
  service("staging", { calls: [["the database's endpoint", 3307]], callsNot: [] }),
  service("production", { calls: [["the database's endpoint", 3307]], callsNot: [] }),
  service(popup, { calls: [], callsNot: [["the database's endpoint", 3307]] }),
];

for (const { stack, namespace, ...table } of tables) {
  describe(`a pod in ${namespace} of ${stack}`, () => {
    let objects: KubernetesObject[];
    before(async () => {
      objects = kubernetesObjects(await recordEnvironment(stack));
    });

    const pod: End = { namespace, labels: { app: "one" } };
    const otherOf = ([name]: Flow): End =>
      name === "its like" ? { namespace, labels: { app: "other" } } : ends[name];
    /** Those of the flows that are not as they should be. */
    const wrong = (
      flows: readonly Flow[],
      should: boolean,
      connect: (other: End) => Pick<Connection, "from" | "to">,
    ) =>
      flows
        .filter((flow) => {
          const [, port, protocol = "TCP"] = flow;
          return allows(objects, { ...connect(otherOf(flow)), port, protocol }) !== should;
        })
        .map((flow) => flow.join(" "));
    const calling = (other: End) => ({ from: pod, to: other });
    const called = (other: End) => ({ from: other, to: pod });

    it("may call what it needs", () => {
      expect(wrong([...always.calls, ...table.calls], true, calling)).to.deep.equal([]);
    });

    it("may call nothing else", () => {
      expect(wrong([...always.callsNot, ...table.callsNot], false, calling)).to.deep.equal([]);
    });

    it(table.answers.length > 0 ? "answers whom it is for" : "answers nobody", () => {
      expect(wrong(table.answers, true, called)).to.deep.equal([]);
    });

    it("is out of reach for everybody else", () => {
      expect(wrong([...always.answersNot, ...table.answersNot], false, called)).to.deep.equal([]);
    });
  });
}

describe("namespaces", () => {
  it("are all in the tables above", async () => {
    for (const stack of clusteredStacks) {
      const made = kubernetesObjects(await recordEnvironment(stack))
        .filter(({ kind }) => kind === "Namespace")
        .map(({ metadata }) => metadata.name);
      expect(
        tables.filter((table) => table.stack === stack).map(({ namespace }) => namespace),
      ).to.have.members(made);
    }
  });
});

describe("pipelines", () => {
  it("do not meet: no build reaches a deploy, nor a deploy a build", async () => {
    const objects = kubernetesObjects(await recordEnvironment("ci"));
    const build = { namespace: "builds" };
    const deploy = { namespace: "deploys" };
    expect(allows(objects, { from: build, to: deploy, port: 8080 })).to.equal(false);
    expect(allows(objects, { from: deploy, to: build, port: 8080 })).to.equal(false);
  });
});
