/**
 * Does not prove that GKE makes a load balancer of it, or that Google serves the certificates; what the emulated
 * controller makes of such a gateway is in test/local/gke/load-balancers.
 */
import { expect } from "chai";

import { Gateway, type GatewayArgs } from "../../components/gateway";
import { record, type Recording, type Registration } from "../support/recorder";

const types = {
  address: "gcp:compute/globalAddress:GlobalAddress",
  tls: "gcp:compute/sSLPolicy:SSLPolicy",
  record: "gcp:dns/recordSet:RecordSet",
  gateway: "kubernetes:gateway.networking.k8s.io/v1:Gateway",
  policy: "kubernetes:networking.gke.io/v1:GCPGatewayPolicy",
  route: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
};
const args: GatewayArgs = {
  prefix: "staging",
  namespace: "staging",
  certificateMap: "staging-public",
  zone: "staging-public",
  hosts: { wildcard: "*.staging.acme.example" },
  lifecycle: "protected",
};

const gateway = (more: Partial<GatewayArgs> = {}, preview = false) =>
  record(() => new Gateway("public", { ...args, ...more }), { preview });

interface Spec {
  readonly listeners: readonly { name: string; protocol: string; port: number; allowedRoutes: object }[];
  readonly addresses: unknown;
  readonly gatewayClassName: string;
}
const spec = ({ inputs }: Registration) => inputs["spec"] as Spec;

describe("the gateway", () => {
  let recording: Recording;
  before(async () => {
    recording = await gateway();
  });

  it("keeps its address in a protected environment, and nothing else", async () => {
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([`${types.address} public`]);
    expect(recording.one(types.address).inputs["deletionPolicy"]).to.equal("PREVENT");
    const open = await gateway({ lifecycle: "disposable" });
    expect(open.keys(({ protect }) => protect)).to.deep.equal([]);
    expect(open.one(types.address).inputs["deletionPolicy"]).to.equal("DELETE");
  });

  it("is a global load balancer at the address that is reserved for it", () => {
    const made = recording.one(types.gateway);
    expect(spec(made).gatewayClassName).to.equal("gke-l7-global-external-managed");
    expect(spec(made).addresses).to.deep.equal([{ type: "NamedAddress", value: "staging-public" }]);
    expect(recording.one(types.address).inputs["name"]).to.equal("staging-public");
  });

  it("serves the certificates of the map, and names no secret", () => {
    const made = recording.one(types.gateway);
    expect(made.inputs["metadata"]).to.deep.equal({
      name: "public",
      namespace: "staging",
      annotations: { "networking.gke.io/certmap": "staging-public" },
    });
    expect(JSON.stringify(spec(made))).not.to.include("certificateRefs");
  });

  it("listens with TLS and without, to routes of its own namespace only", () => {
    const allowedRoutes = { namespaces: { from: "Same" } };
    expect(spec(recording.one(types.gateway)).listeners).to.deep.equal([
      { name: "http", protocol: "HTTP", port: 80, allowedRoutes },
      { name: "https", protocol: "HTTPS", port: 443, allowedRoutes },
    ]);
  });

  it("sends every call without TLS to the same place with it", () => {
    const route = recording.one(types.route);
    expect(route.inputs["spec"]).to.deep.equal({
      parentRefs: [{ name: "public", sectionName: "http" }],
      rules: [
        {
          filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }],
        },
      ],
    });
  });

  it("calls the route of that as no service's may be called", () => {
    const { name } = recording.one(types.route).inputs["metadata"] as { name: string };
    expect(name.length).to.be.above(20);
  });

  it("takes nothing older than TLS 1.2, and nothing at all before that is so", () => {
    expect(recording.one(types.tls).inputs).to.include({ minTlsVersion: "TLS_1_2", profile: "MODERN" });
    const policy = recording.one(types.policy);
    expect(policy.inputs["spec"]).to.deep.equal({
      default: { sslPolicy: "staging-public" },
      targetRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name: "public" },
    });
    expect(recording.one(types.gateway).dependencies).to.include(policy.urn);
  });

  it("goes before the address, the TLS policy and the certificates, which its load balancer holds", async () => {
    const waiting = await record(() => {
      const certificates = new Gateway("certificates", args);
      new Gateway("public", { ...args, certificateMap: certificates.name });
    });
    const made = waiting.one(types.gateway, "public");
    const needed = waiting.prerequisites(made.urn);
    for (const type of [types.address, types.tls, types.policy]) {
      expect([...needed], type).to.include(
        waiting.one(type, type === types.policy ? "public-tls" : "public").urn,
      );
    }
    expect([...needed]).to.include(waiting.one(types.gateway, "certificates").urn);
    expect(made.customTimeouts["delete"]).to.equal("20m");
  });

  it("is known to routes by a name that they have only once it is there", async () => {
    const used = await record(() => {
      const { name } = new Gateway("public", args);
      new Gateway("user", { ...args, zone: name });
    });
    const { propertyDependencies } = used.one(types.record, "user-wildcard");
    expect(propertyDependencies["managedZone"]).to.include(used.one(types.gateway, "public").urn);
  });

  it("is found by all its names, which go before the address does", async () => {
    const two = await gateway({
      zone: "popups",
      hosts: { api: "api-popup-x.popups.acme.example", hooks: "hooks-popup-x.popups.acme.example" },
    });
    expect(two.all(types.record).map(({ inputs }) => [inputs["managedZone"], inputs["name"]])).to.deep.equal([
      ["popups", "api-popup-x.popups.acme.example."],
      ["popups", "hooks-popup-x.popups.acme.example."],
    ]);
    for (const { inputs, propertyDependencies } of two.all(types.record)) {
      expect(inputs).to.deep.include({ type: "A", rrdatas: ["203.0.113.9"] });
      expect(propertyDependencies["rrdatas"]).to.deep.equal([two.one(types.address).urn]);
    }
  });

  it("is planned with all its names and settings before anything is there", async () => {
    const preview = await gateway({}, true);
    for (const type of [types.gateway, types.policy, types.route]) {
      expect(preview.one(type).inputs).to.deep.equal(recording.one(type).inputs);
    }
  });
});
