import { expect } from "chai";

import type { KubernetesObject } from "./support/recorded-objects";
import { allows, arrives, type Connection, leaves } from "./support/network-policies";

const policy = (spec: object, namespace = "a"): KubernetesObject => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "policy", namespace },
  spec: { podSelector: {}, ...spec },
});
const web = { namespace: "a", labels: { app: "web" }, ports: { http: 8080 } };
const store = { namespace: "a", labels: { app: "store" } };
const stranger = { namespace: "b", labels: { app: "web" } };
const outside = { address: "203.0.113.7" };

const toWeb = (more: Partial<Connection> = {}): Connection => ({ from: store, to: web, port: 8080, ...more });
const fromWeb = (more: Partial<Connection> = {}): Connection => ({
  from: web,
  to: store,
  port: 5432,
  ...more,
});

/** Whether a connection to `web` arrives where one rule of one policy says what may. */
const arrivesBy = (rule: object, more: Partial<Connection> = {}) =>
  arrives([policy({ ingress: [rule] })], toWeb(more));

describe("network policies, as the tests of flows read them,", () => {
  it("allow everything to pods that none of them selects", () => {
    expect(allows([], toWeb())).to.equal(true);
    expect(arrives([policy({ podSelector: { matchLabels: { app: "store" } } })], toWeb())).to.equal(true);
    expect(arrives([policy({}, "b")], toWeb())).to.equal(true);
  });

  it("deny everything to pods that one selects without a rule", () => {
    const deny = policy({ policyTypes: ["Ingress", "Egress"] });
    expect(arrives([deny], toWeb())).to.equal(false);
    expect(leaves([deny], fromWeb())).to.equal(false);
    expect(arrives([deny], toWeb({ from: outside }))).to.equal(false);
  });

  it("allow what any of them allows", () => {
    const deny = policy({ policyTypes: ["Ingress"] });
    const allow = policy({ ingress: [{ from: [{ podSelector: { matchLabels: { app: "store" } } }] }] });
    expect(arrives([deny, allow], toWeb())).to.equal(true);
    expect(arrives([deny, allow], toWeb({ from: web }))).to.equal(false);
  });

  it("ask both ends: to send is not to receive", () => {
    const receiverDenies = policy({ policyTypes: ["Ingress"] });
    expect(leaves([receiverDenies], fromWeb())).to.equal(true);
    expect(allows([receiverDenies], fromWeb())).to.equal(false);
  });

  it("are for what comes in, and for what goes out only if they say something of it", () => {
    expect(leaves([policy({})], fromWeb())).to.equal(true);
    expect(leaves([policy({ egress: [] })], fromWeb())).to.equal(false);
    expect(arrives([policy({ egress: [{}] })], toWeb())).to.equal(false);
    expect(arrives([policy({ policyTypes: ["Egress"], egress: [{}] })], toWeb())).to.equal(true);
  });

  it("take an empty list of peers as a missing one: everybody, but no list of rules as nobody", () => {
    for (const rule of [{}, { from: [] }]) {
      expect(arrivesBy(rule, { from: stranger })).to.equal(true);
      expect(arrivesBy(rule, { from: outside })).to.equal(true);
    }
    expect(arrives([policy({ ingress: [] })], toWeb())).to.equal(false);
  });

  it("take an empty selector of pods as every pod of their own namespace, and of no other", () => {
    const rule = { from: [{ podSelector: {} }] };
    expect(arrivesBy(rule)).to.equal(true);
    expect(arrivesBy(rule, { from: stranger })).to.equal(false);
    expect(arrivesBy(rule, { from: outside })).to.equal(false);
  });

  it("take an empty selector of namespaces as every pod of the cluster, and nobody else", () => {
    const rule = { from: [{ namespaceSelector: {} }] };
    expect(arrivesBy(rule, { from: stranger })).to.equal(true);
    expect(arrivesBy(rule, { from: outside })).to.equal(false);
  });

  it("take two selectors of one peer together, and two peers each by itself", () => {
    const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": "b" } };
    const podSelector = { matchLabels: { app: "store" } };
    expect(arrivesBy({ from: [{ namespaceSelector, podSelector }] }, { from: stranger })).to.equal(false);
    expect(arrivesBy({ from: [{ namespaceSelector, podSelector }] })).to.equal(false);
    expect(arrivesBy({ from: [{ namespaceSelector }, { podSelector }] }, { from: stranger })).to.equal(true);
    expect(arrivesBy({ from: [{ namespaceSelector }, { podSelector }] })).to.equal(true);
  });

  it("know a namespace by its labels", () => {
    const namespace = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "b", labels: { team: "search" } },
    };
    const rule = { from: [{ namespaceSelector: { matchLabels: { team: "search" } } }] };
    expect(arrives([namespace, policy({ ingress: [rule] })], toWeb({ from: stranger }))).to.equal(true);
    expect(arrivesBy(rule, { from: stranger })).to.equal(false);
  });

  it("know every operator of selectors", () => {
    const by = (operator: string, values?: string[]) =>
      arrivesBy({ from: [{ podSelector: { matchExpressions: [{ key: "app", operator, values }] } }] });
    expect(by("In", ["store", "web"])).to.equal(true);
    expect(by("In", ["web"])).to.equal(false);
    expect(by("NotIn", ["web"])).to.equal(true);
    expect(by("NotIn", ["store"])).to.equal(false);
    expect(by("Exists")).to.equal(true);
    expect(by("DoesNotExist")).to.equal(false);
    expect(() => by("Equals", ["store"])).to.throw("no selector has the operator Equals");
  });

  it("take a block of addresses without its exceptions, and never for pods", () => {
    const rule = { from: [{ ipBlock: { cidr: "203.0.113.0/24", except: ["203.0.113.64/26"] } }] };
    expect(arrivesBy(rule, { from: outside })).to.equal(true);
    expect(arrivesBy(rule, { from: { address: "203.0.113.64" } })).to.equal(false);
    expect(arrivesBy(rule, { from: { address: "203.0.114.1" } })).to.equal(false);
    expect(arrivesBy(rule, { from: { address: "2001:db8::1" } })).to.equal(false);
    expect(arrivesBy({ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] })).to.equal(false);
  });

  it("take one exception of a block as undone by another peer", () => {
    const peers = [
      { ipBlock: { cidr: "0.0.0.0/0", except: ["203.0.113.0/24"] } },
      { ipBlock: { cidr: "203.0.113.7/32" } },
    ];
    expect(arrivesBy({ from: peers }, { from: outside })).to.equal(true);
    expect(arrivesBy({ from: peers }, { from: { address: "203.0.113.8" } })).to.equal(false);
  });

  it("take ports by number, range and name, TCP where nothing else is said", () => {
    expect(arrivesBy({ ports: [{ port: 8080 }] })).to.equal(true);
    expect(arrivesBy({ ports: [{ port: 8081 }] })).to.equal(false);
    expect(arrivesBy({ ports: [{ port: 8080, protocol: "UDP" }] })).to.equal(false);
    expect(arrivesBy({ ports: [{ port: 8080 }] }, { protocol: "UDP" })).to.equal(false);
    expect(arrivesBy({ ports: [{ protocol: "TCP" }] })).to.equal(true);
    expect(arrivesBy({ ports: [] })).to.equal(true);
    expect(arrivesBy({ ports: [{ port: 1024, endPort: 8080 }] })).to.equal(true);
    expect(arrivesBy({ ports: [{ port: 1024, endPort: 8079 }] })).to.equal(false);
    expect(arrivesBy({ ports: [{ port: "http" }] })).to.equal(true);
    expect(arrivesBy({ ports: [{ port: "metrics" }] })).to.equal(false);
  });

  it("want a peer and a port of the same rule", () => {
    const spec = {
      ingress: [{ from: [{ podSelector: { matchLabels: { app: "web" } } }] }, { ports: [{ port: 9090 }] }],
    };
    expect(arrives([policy(spec)], toWeb())).to.equal(false);
    expect(arrives([policy(spec)], toWeb({ port: 9090 }))).to.equal(true);
    expect(arrives([policy(spec)], toWeb({ from: web }))).to.equal(true);
  });
});
