/** Does not prove that traffic flows, or is stopped: only that Google is asked for it. */
import { expect } from "chai";

import { Network, type NetworkArgs, podRange } from "../../components/network";
import { addressRanges } from "../../config/addresses";
import { record, type Recording } from "../support/recorder";

const args: NetworkArgs = {
  prefix: "staging",
  region: "europe-west1",
  addresses: "staging",
  egressAddresses: 0,
  lifecycle: "protected",
};
const types = {
  network: "gcp:compute/network:Network",
  subnetwork: "gcp:compute/subnetwork:Subnetwork",
  firewall: "gcp:compute/firewall:Firewall",
  nat: "gcp:compute/routerNat:RouterNat",
  policy: "gcp:dns/policy:Policy",
  address: "gcp:compute/address:Address",
};

const network = (more: Partial<NetworkArgs> = {}) => record(() => new Network("main", { ...args, ...more }));

const policies = (recording: Recording) =>
  [types.network, types.subnetwork].map((type) => recording.one(type).inputs["deletionPolicy"]);

describe("a network", () => {
  it("keeps its addresses in a protected environment, and nothing that may have to be replaced", async () => {
    const recording = await network();
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([
      `${types.network} main`,
      `${types.subnetwork} main`,
    ]);
    expect(policies(recording)).to.deep.equal(["PREVENT", "PREVENT"]);
  });

  it("keeps nothing in a disposable environment", async () => {
    const recording = await network({ lifecycle: "disposable" });
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([]);
    expect(policies(recording)).to.deep.equal(["DELETE", "DELETE"]);
  });

  it("is a VPC of its own with no subnet that nobody asked for", async () => {
    expect((await network()).one(types.network).inputs["autoCreateSubnetworks"]).to.equal(false);
  });

  it("has the addresses of its slice, and names the range for pods", async () => {
    const { nodes, pods } = addressRanges("popup-7");
    const { inputs } = (await network({ addresses: "popup-7" })).one(types.subnetwork);
    expect(inputs["ipCidrRange"]).to.equal(nodes);
    expect(inputs["secondaryIpRanges"]).to.deep.equal([{ rangeName: podRange, ipCidrRange: pods }]);
  });

  it("reaches Google's APIs without leaving it, and logs half of its flows", async () => {
    const { inputs } = (await network()).one(types.subnetwork);
    expect(inputs["privateIpGoogleAccess"]).to.equal(true);
    expect(inputs["logConfig"]).to.include({ flowSampling: 0.5, metadata: "INCLUDE_ALL_METADATA" });
  });

  it("lets in Google's load balancers and nobody else, and logs that", async () => {
    const recording = await network();
    expect(recording.all(types.firewall)).to.have.length(1);
    const { inputs } = recording.one(types.firewall);
    expect(inputs["direction"]).to.equal("INGRESS");
    expect(inputs["sourceRanges"]).to.deep.equal(["130.211.0.0/22", "35.191.0.0/16"]);
    expect(inputs["allows"]).to.deep.equal([{ protocol: "tcp", ports: ["1024-65535"] }]);
    expect(inputs["logConfig"]).to.deep.equal({ metadata: "INCLUDE_ALL_METADATA" });
    expect(inputs["description"]).to.be.a("string").that.is.not.equal("");
  });

  it("leads out through NAT, whose failures are logged", async () => {
    const { inputs } = (await network()).one(types.nat);
    expect(inputs["sourceSubnetworkIpRangesToNat"]).to.equal("ALL_SUBNETWORKS_ALL_IP_RANGES");
    expect(inputs["logConfig"]).to.deep.equal({ enable: true, filter: "ERRORS_ONLY" });
  });

  it("calls from reserved addresses that partners can list, and from no other", async () => {
    const recording = await network({ egressAddresses: 2 });
    const reserved = recording.all(types.address);
    expect(reserved.map(({ name, inputs }) => [name, inputs["name"], inputs["addressType"]])).to.deep.equal([
      ["main-egress-1", "staging-main-egress-1", "EXTERNAL"],
      ["main-egress-2", "staging-main-egress-2", "EXTERNAL"],
    ]);
    const { inputs, propertyDependencies } = recording.one(types.nat);
    expect(inputs).to.deep.include({
      natIpAllocateOption: "MANUAL_ONLY",
      natIps: [1, 2].map(
        (number) => `projects/no-project/regions/europe-west1/addresses/staging-main-egress-${number}`,
      ),
    });
    expect(propertyDependencies["natIps"]).to.deep.equal(reserved.map(({ urn }) => urn).sort());
  });

  it("keeps its reserved addresses in a protected environment, and only there", async () => {
    const guarded = async (lifecycle: NetworkArgs["lifecycle"]) =>
      (await network({ egressAddresses: 2, lifecycle }))
        .all(types.address)
        .map(({ protect, inputs }) => [protect, inputs["deletionPolicy"]]);
    expect(await guarded("protected")).to.deep.equal([
      [true, "PREVENT"],
      [true, "PREVENT"],
    ]);
    expect(await guarded("disposable")).to.deep.equal([
      [false, "DELETE"],
      [false, "DELETE"],
    ]);
  });

  it("keeps the addresses it has when it gets one more", async () => {
    const urns = async (egressAddresses: number) =>
      (await network({ egressAddresses })).all(types.address).map(({ urn }) => urn);
    expect((await urns(3)).slice(0, 2)).to.deep.equal(await urns(2));
  });

  it("leaves its addresses to Google where none is reserved", async () => {
    const recording = await network({ egressAddresses: 0 });
    expect(recording.all(types.address)).to.deep.equal([]);
    expect(recording.one(types.nat).inputs["natIpAllocateOption"]).to.equal("AUTO_ONLY");
    expect(recording.one(types.nat).inputs).not.to.have.any.keys("natIps");
  });

  for (const egressAddresses of [0, 2]) {
    it(`gives a busy node more ports than an idle one, with ${egressAddresses} reserved addresses`, async () => {
      // Google refuses dynamic ports beside endpoint-independent mapping.
      expect((await network({ egressAddresses })).one(types.nat).inputs).to.include({
        enableDynamicPortAllocation: true,
        enableEndpointIndependentMapping: false,
        minPortsPerVm: 64,
        maxPortsPerVm: 4096,
      });
    });
  }

  it("says what its way out is, for whoever has to wait for it", async () => {
    let egress: unknown;
    const recording = await record(async () => {
      const { egress: way } = new Network("main", args);
      egress = await new Promise((resolve) => way.urn.apply(resolve));
    });
    expect(egress).to.equal(recording.one(types.nat).urn);
  });

  it("logs every name that is looked up", async () => {
    expect((await network()).one(types.policy).inputs["enableLogging"]).to.equal(true);
  });

  it("has time to go: endpoint groups of a deleted load balancer hold it", async () => {
    const recording = await network();
    for (const type of [types.network, types.subnetwork]) {
      expect(recording.one(type).customTimeouts).to.deep.equal({ delete: "15m" });
    }
  });

  it("never shares a physical name with that of another stack", async () => {
    const names = async (prefix: string) =>
      (await network({ prefix, egressAddresses: 1 })).registrations.flatMap(({ custom, inputs }) =>
        custom ? [inputs["name"]] : [],
      );
    const [staging, popup] = [await names("staging"), await names("popup-search")];
    expect(staging.filter((name) => popup.includes(name))).to.deep.equal([]);
  });
});
