/**
 * Who may talk to whom in each environment, by the network policies that its stack makes.
 *
 * The policies are read as Kubernetes defines them (test/support/network-policies). Not proven here: that Dataplane V2
 * does the same. Where it sees another address than the pod asked for, the flow below is the one that it sees. Calls
 * between services are opened by their charts, which are not among the objects here: without them all are closed.
 */
import { expect } from "chai";

import { allows, arrives, type Connection, type End, leaves } from "../support/network-policies";
import { type KubernetesObject, kubernetesObjects, type Labels } from "../support/recorded-objects";
import { cacheAddress, recordEnvironment } from "../support/recorder";
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
  "the control plane of ci": { address: "10.0.8.2" },
  "a pod that builds": { namespace: "builds" },
  "a pod that deploys": { namespace: "deploys" },
  "the database's endpoint": { address: "10.0.0.9" },
  "messaging's cache": { address: cacheAddress("messaging") },
  "messaging's cache for reading": { address: cacheAddress("messaging", "READER") },
  "authentication's cache": { address: cacheAddress("authentication") },
  "another endpoint in the network": { address: "10.0.0.10" },
  "a service's address": { address: "34.118.224.1" },
  "a load balancer": { address: "35.191.3.4" },
  "a health check": { address: "130.211.1.2" },
  "Google's collector of metrics": { namespace: "gmp-system", labels: { app: "collector" } },
  "a stranger's pod": { namespace: "default" },
} satisfies Record<string, End>;

/** Pods of a service with the labels that its chart puts on them, and of stores with those that the program does. */
const pods = {
  webhooks: { "app.kubernetes.io/name": "webhooks" },
  billing: {
    "app.kubernetes.io/name": "billing",
    "platform/postgres": "cloud-sql",
    "platform/exposed": "true",
  },
  messaging: {
    "app.kubernetes.io/name": "messaging",
    "platform/postgres": "cloud-sql",
    "platform/redis": "memorystore",
    "platform/exposed": "true",
  },
  "messaging in a pop-up": { "app.kubernetes.io/name": "messaging", "platform/uses-store": "messaging" },
  "billing in a pop-up": { "app.kubernetes.io/name": "billing", "platform/uses-store": "billing" },
  "messaging's postgres": {
    "app.kubernetes.io/name": "messaging-postgres",
    "platform/in-cluster-store": "messaging",
  },
  "messaging's redis": {
    "app.kubernetes.io/name": "messaging-redis",
    "platform/in-cluster-store": "messaging",
  },
  // As the chart labels it, and the values of the chart.
  Jenkins: { "app.kubernetes.io/name": "jenkins", "platform/exposed": "true" },
  "a pod that says nothing": {},
} satisfies Record<string, Labels>;

type Pod = keyof typeof pods;
type Flow = readonly [other: keyof typeof ends | Pod | "its like", port: number, protocol?: "UDP"];

interface Table {
  readonly stack: string;
  readonly namespace: string;
  /** @default a pod of a pipeline */
  readonly pod?: Pod;
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

/** What no pod of the product may do, whatever it says of itself. */
const closed: Pick<Table, "callsNot" | "answersNot"> = {
  callsNot: [
    ["an address of the internet", 22],
    ["the database's endpoint", 5432],
    ["webhooks", 8080],
    ["billing", 8080],
    ["messaging's postgres", 6379],
    ["messaging's redis", 5432],
  ],
  answersNot: [
    ["webhooks", 8080],
    ["a pod that says nothing", 8080],
  ],
};

const product = (stack: string, pod: Pod, more: Partial<Table>): Table => ({
  stack,
  namespace: stack,
  pod,
  calls: [],
  answers: [],
  ...more,
  callsNot: [...closed.callsNot, ...(more.callsNot ?? [])],
  answersNot: [...closed.answersNot, ...(more.answersNot ?? [])],
});

const database: Flow = ["the database's endpoint", 3307];
const cache: Flow = ["messaging's cache", 6379];
const scraped: Flow = ["Google's collector of metrics", 9090];
const loadBalanced: readonly Flow[] = [
  ["a load balancer", 8080],
  ["a health check", 15021],
];
const stores: readonly Flow[] = [
  ["messaging's postgres", 5432],
  ["messaging's redis", 6379],
];

const ofLongLived = (stack: string): Table[] => [
  product(stack, "messaging", {
    calls: [database, cache],
    callsNot: [
      ["messaging's cache for reading", 6379],
      ["messaging's cache", 443],
      ["authentication's cache", 6379],
      ["a node", 6379],
    ],
    answers: [scraped, ...loadBalanced],
  }),
  product(stack, "billing", { calls: [database], callsNot: [cache], answers: [scraped, ...loadBalanced] }),
  product(stack, "webhooks", {
    callsNot: [database, cache],
    answers: [scraped],
    answersNot: loadBalanced,
  }),
  product(stack, "a pod that says nothing", {
    callsNot: [database, cache, ...stores],
    answers: [scraped],
    answersNot: loadBalanced,
  }),
];

const ofPopups: readonly Table[] = [
  product(popup, "messaging in a pop-up", { calls: stores, callsNot: [database, cache], answers: [scraped] }),
  product(popup, "billing in a pop-up", { callsNot: [...stores, database, cache], answers: [scraped] }),
  product(popup, "a pod that says nothing", { callsNot: [...stores, database, cache], answers: [scraped] }),
  product(popup, "messaging's postgres", {
    callsNot: [
      ["messaging in a pop-up", 8080],
      ["messaging's redis", 6379],
    ],
    answers: [["messaging in a pop-up", 5432]],
    answersNot: [
      ["messaging in a pop-up", 6379],
      ["billing in a pop-up", 5432],
      ["a pod that says nothing", 5432],
      ["messaging's redis", 5432],
      ["Google's collector of metrics", 5432],
      ["a load balancer", 5432],
      ["a stranger's pod", 5432],
    ],
  }),
  product(popup, "messaging's redis", {
    callsNot: [["messaging's postgres", 5432]],
    answers: [["messaging in a pop-up", 6379]],
    answersNot: [
      ["billing in a pop-up", 6379],
      ["a pod that says nothing", 6379],
      ["Google's collector of metrics", 6379],
    ],
  }),
];

/** For browsers, and for agents. */
const jenkinsPorts = [8080, 50000];

const pipeline = (namespace: string, more: Pick<Table, "calls" | "callsNot">): Table => ({
  stack: "ci",
  namespace,
  calls: [...jenkinsPorts.map((port): Flow => ["Jenkins", port]), ...more.calls],
  callsNot: [
    ["Jenkins", 22],
    ["the control plane of ci", 443],
    ["its like", 8080],
    ["the database's endpoint", 3307],
    ...more.callsNot,
  ],
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
  {
    stack: "ci",
    namespace: "jenkins",
    pod: "Jenkins",
    calls: [["the control plane of ci", 443]],
    callsNot: [
      ["the control plane of ci", 10250],
      ["a pod that builds", 8080],
      ["a pod that deploys", 8080],
      ["an address of the internet", 22],
    ],
    answers: [
      ["a pod that builds", 8080],
      ["a pod that builds", 50000],
      ["a pod that deploys", 8080],
      ["a pod that deploys", 50000],
      ["a load balancer", 8080],
      ["Google's collector of metrics", 8080],
    ],
    answersNot: [
      ["a pod that builds", 22],
      ["a stranger's pod", 50000],
      ["its like", 8080],
    ],
  },
  ...ofLongLived("staging"),
  ...ofLongLived("production"),
  ...ofPopups,
];

for (const { stack, namespace, pod, ...table } of tables) {
  describe(`${pod ?? `a pod in ${namespace}`} of ${stack}`, () => {
    let objects: KubernetesObject[];
    before(async () => {
      objects = kubernetesObjects(await recordEnvironment(stack));
    });

    const self: End = { namespace, labels: pod ? pods[pod] : { app: "one" } };
    const otherOf = ([name]: Flow): End => {
      if (name === "its like") return { namespace, labels: { app: "other" } };
      if (name === "Jenkins") return { namespace: "jenkins", labels: pods.Jenkins };
      return name in pods ? { namespace, labels: pods[name as Pod] } : ends[name as keyof typeof ends];
    };
    /** Those of the flows that are not as they should be. */
    const wrong = (
      flows: readonly Flow[],
      should: boolean,
      connect: (other: End) => Pick<Connection, "from" | "to">,
      passes = allows,
    ) =>
      flows
        .filter((flow) => {
          const [, port, protocol = "TCP"] = flow;
          return passes(objects, { ...connect(otherOf(flow)), port, protocol }) !== should;
        })
        .map((flow) => flow.join(" "));
    const calling = (other: End) => ({ from: self, to: other });
    const called = (other: End) => ({ from: other, to: self });

    it("may call what it needs", () => {
      expect(wrong([...always.calls, ...table.calls], true, calling)).to.deep.equal([]);
    });

    it("may call nothing else, whoever would answer", () => {
      expect(wrong([...always.callsNot, ...table.callsNot], false, calling, leaves)).to.deep.equal([]);
    });

    it(table.answers.length > 0 ? "answers whom it is for" : "answers nobody", () => {
      expect(wrong(table.answers, true, called)).to.deep.equal([]);
    });

    it("is out of reach for everybody else, whoever may call", () => {
      expect(wrong([...always.answersNot, ...table.answersNot], false, called, arrives)).to.deep.equal([]);
    });
  });
}

describe("namespaces", () => {
  it("are all in the tables above", async () => {
    for (const stack of clusteredStacks) {
      const made = kubernetesObjects(await recordEnvironment(stack))
        .filter(({ kind }) => kind === "Namespace")
        .map(({ metadata }) => metadata.name);
      const inTables = tables.filter((table) => table.stack === stack).map(({ namespace }) => namespace);
      expect([...new Set(inTables)]).to.have.members(made);
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
