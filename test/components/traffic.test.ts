/** What the policies say, one by one. What they allow together is in test/environments/flows. */
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

import { loadBalancerFirewallArgs } from "../../components/network";
import {
  networkPolicies,
  podLabels,
  type Traffic,
  wayToCache,
  wayToJenkins,
  wayToStore,
} from "../../components/traffic";

const none: Traffic = { internetPorts: [], loadBalanced: false, scraped: false };
const all: Traffic = {
  internetPorts: [443],
  loadBalanced: true,
  scraped: true,
  database: "10.0.4.9",
  apiServer: "10.0.8.0/22",
};
const policies = (traffic: Partial<Traffic> = {}) => networkPolicies({ ...none, ...traffic });

describe("the traffic of a namespace", () => {
  it("is none, but for names and tokens", () => {
    expect(policies()).to.have.all.keys("deny-all", "allow-dns", "allow-metadata-server");
    expect(policies()["deny-all"]).to.deep.equal({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  });

  it("has one policy for each reason", () => {
    const reasons: readonly [Partial<Traffic>, string][] = [
      [{ internetPorts: [443] }, "allow-internet"],
      [{ loadBalanced: true }, "allow-load-balancers"],
      [{ scraped: true }, "allow-metrics"],
      [{ database: "10.0.4.9" }, "allow-database"],
      [{ apiServer: "10.0.8.0/22" }, "allow-api-server"],
    ];
    for (const [traffic, name] of reasons) {
      const added = Object.keys(policies(traffic)).filter((policy) => !(policy in policies()));
      expect(added).to.deep.equal([name]);
    }
  });

  it("says of each policy which directions it is about", () => {
    const made = Object.values(policies(all));
    expect(made).to.have.length(8);
    for (const { policyTypes, ingress, egress } of made) {
      expect(policyTypes).to.not.have.length(0);
      if (ingress) expect(policyTypes).to.include("Ingress");
      if (egress) expect(policyTypes).to.include("Egress");
    }
  });

  it("is a matter of every pod, but for what only pods that say so may do", () => {
    const narrowed = Object.entries(policies(all)).filter(
      ([, { podSelector }]) => Object.keys(podSelector ?? {}).length > 0,
    );
    expect(Object.fromEntries(narrowed.map(([name, { podSelector }]) => [name, podSelector]))).to.deep.equal({
      "allow-load-balancers": { matchLabels: { "platform/exposed": "true" } },
      "allow-metrics": { matchExpressions: [{ key: "platform/in-cluster-store", operator: "DoesNotExist" }] },
      "allow-database": { matchLabels: { "platform/postgres": "cloud-sql" } },
    });
  });

  it("never lets pods talk to each other because they are in one namespace", () => {
    expect(JSON.stringify(policies(all))).to.not.contain('{"podSelector":{}}');
  });

  it("from load balancers is what the firewall of the network lets through", () => {
    const [rule] = policies({ loadBalanced: true })["allow-load-balancers"]?.ingress as {
      from: { ipBlock: { cidr: string } }[];
      ports: { port: number; endPort: number }[];
    }[];
    const { sourceRanges, allows } = loadBalancerFirewallArgs();
    expect(rule?.from.map(({ ipBlock }) => ipBlock.cidr)).to.deep.equal(sourceRanges);
    expect(rule?.ports.map(({ port, endPort }) => `${port}-${endPort}`)).to.deep.equal(
      allows.flatMap(({ ports }) => ports),
    );
  });
});

describe("the way to Jenkins", () => {
  it("is open at both ends for the same ports: pods call it, and it never calls them", () => {
    const [out] = wayToJenkins.out("jenkins").egress as { to: { podSelector: object }[]; ports: object }[];
    const way = wayToJenkins.in("builds", "deploys");
    expect(out?.to[0]?.podSelector).to.deep.equal(way.podSelector);
    expect(way.ingress).to.deep.equal([
      {
        from: [
          {
            namespaceSelector: {
              matchExpressions: [
                { key: "kubernetes.io/metadata.name", operator: "In", values: ["builds", "deploys"] },
              ],
            },
          },
        ],
        ports: out?.ports,
      },
    ]);
  });
});

describe("the way to a store", () => {
  it("outside the cluster is for the pods of one service that use it, to one address and one port", async () => {
    const way = await resolved(wayToCache("billing", "10.0.0.21"));
    expect(way).to.deep.equal({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "billing", "platform/redis": "memorystore" } },
      policyTypes: ["Egress"],
      egress: [{ to: [{ ipBlock: { cidr: "10.0.0.21/32" } }], ports: [{ protocol: "TCP", port: 6379 }] }],
    });
  });

  it("inside the cluster is open at both ends for the same pods and the same port, and for nothing else", () => {
    const way = wayToStore("billing", { name: "billing-postgres", port: 5432 });
    const users = { matchLabels: { [podLabels.usesStore]: "billing" } };
    const stores = { matchLabels: { [podLabels.name]: "billing-postgres", [podLabels.store]: "billing" } };
    const ports = [{ protocol: "TCP", port: 5432 }];
    expect(way).to.deep.equal({
      out: {
        podSelector: users,
        policyTypes: ["Egress"],
        egress: [{ to: [{ podSelector: stores }], ports }],
      },
      in: {
        podSelector: stores,
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ podSelector: users }], ports }],
      },
    });
  });
});

/** With what is computed later in its place. */
function resolved(spec: object): Promise<unknown> {
  return new Promise((resolve) => void pulumi.output(spec).apply(resolve));
}
