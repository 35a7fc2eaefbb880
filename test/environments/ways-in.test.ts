/** How the internet finds the services; what answers there is test/components/gateway.test.ts. */
import { join } from "node:path";

import { expect } from "chai";

import { type Catalogue, readCatalogue } from "../../config/catalogue";
import { createDelivery } from "../../environments/delivery";
import { record, recordEnvironment, type Recording } from "../support/recorder";
import { deliverySettings, popup, root, serviceEntryOf } from "../support/settings";

const types = {
  zone: "gcp:dns/managedZone:ManagedZone",
  record: "gcp:dns/recordSet:RecordSet",
  map: "gcp:certificatemanager/certificateMap:CertificateMap",
  gateway: "kubernetes:gateway.networking.k8s.io/v1:Gateway",
  route: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
  namespace: "kubernetes:core/v1:Namespace",
};

const hostsOf = (recording: Recording) =>
  recording
    .all(types.record)
    .filter(({ inputs, name }) => inputs["type"] === "A" && name.startsWith("public-"))
    .map(({ inputs }) => [inputs["managedZone"], inputs["name"]]);

describe("an environment with a domain of its own", () => {
  let staging: Recording;
  before(async () => {
    staging = await recordEnvironment("staging");
  });

  it("leads every host right below its domain to its gateway, whatever services there are", () => {
    expect(hostsOf(staging)).to.deep.equal([["staging-public", "*.staging.acme.example."]]);
  });

  it("says where each exposed service answers, and whom to delegate the domain to", () => {
    expect(staging.stackOutputs["urls"]).to.deep.equal({
      authentication: "https://api.staging.acme.example/auth",
      billing: "https://api.staging.acme.example/billing",
      messaging: "https://api.staging.acme.example/messages",
      webhooks: "https://hooks.staging.acme.example/",
    });
    expect(staging.stackOutputs["nameServers"]).to.have.length(4);
  });

  it("serves its own certificates", () => {
    const { inputs } = staging.one(types.gateway);
    const { annotations } = inputs["metadata"] as { annotations: Record<string, string> };
    expect(annotations).to.deep.equal({ "networking.gke.io/certmap": "staging-public" });
    expect(staging.one(types.map).inputs["name"]).to.equal("staging-public");
  });

  it("changes nothing of its names when a service is added", async () => {
    const delivery = (services: Catalogue) =>
      record(() => createDelivery("staging", deliverySettings(), { catalogue: services, releases: {} }), {
        stack: "staging",
      });
    const catalogue = readCatalogue(join(root, "catalog", "services"));
    const more = { ...catalogue, accounts: serviceEntryOf({ exposes: { host: "accounts" } }) };
    expect(hostsOf(await delivery(more))).to.deep.equal(hostsOf(await delivery(catalogue)));
  });
});

describe("an environment that shares a domain", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordEnvironment(popup);
  });

  it("has one name for each host of its services in the zone of the others, with its own name in it", () => {
    expect(hostsOf(recording)).to.deep.equal([
      ["popups", "api-popup-search.popups.acme.example."],
      ["popups", "hooks-popup-search.popups.acme.example."],
    ]);
    expect(recording.stackOutputs["urls"]).to.include({
      billing: "https://api-popup-search.popups.acme.example/billing",
    });
  });

  it("makes neither zone nor certificate, and serves those that it shares", () => {
    expect(recording.keys(({ type }) => /certificatemanager|managedZone/.test(type))).to.deep.equal([]);
    const { inputs } = recording.one(types.gateway);
    const { annotations } = inputs["metadata"] as { annotations: Record<string, string> };
    expect(annotations).to.deep.equal({ "networking.gke.io/certmap": "popups" });
    expect(recording.stackOutputs).not.to.have.any.keys("nameServers");
  });
});

describe("the gateway of an environment", () => {
  for (const stack of ["staging", popup]) {
    it(`of ${stack} stands in the services' namespace and goes before it`, async () => {
      const recording = await recordEnvironment(stack);
      for (const made of [recording.one(types.gateway), recording.one(types.route)]) {
        expect((made.inputs["metadata"] as Record<string, unknown>)["namespace"]).to.equal(stack);
        const needed = [...recording.prerequisites(made.urn)];
        expect(needed).to.include(recording.one(types.namespace).urn);
      }
    });
  }
});
