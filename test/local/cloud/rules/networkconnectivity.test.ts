/** Service connection policies: what Google's services may put into a network. Google's words are not proven. */
import { expect } from "chai";

import type { Cloud } from "../../../../local/cloud/cloud";
import type { Values } from "../../../../local/cloud/rules/shape";
import { googleProgram, type GoogleProgram } from "../../../support/google-program";
import { make, makeNetwork, project, refusal, smallCloud } from "../../../support/small-cloud";

const policy = "networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy";
const region = "europe-west1";

describe("a service connection policy", () => {
  let cloud: Cloud;
  let program: GoogleProgram;
  let network: string;
  let subnetwork: string;
  let inputs: Values;

  beforeEach(async () => {
    cloud = await smallCloud();
    program = googleProgram(cloud);
    ({ network, subnetwork } = await makeNetwork(cloud));
    inputs = {
      name: "caches",
      location: region,
      network,
      serviceClass: "gcp-memorystore",
      pscConfig: { subnetworks: [subnetwork] },
    };
  });

  it("is made, unchanged the next time, read back and adopted", async () => {
    const kept = await program.create(policy, inputs);
    expect(kept.id).to.equal(`projects/${project.id}/locations/${region}/serviceConnectionPolicies/caches`);
    expect(program.plan(kept, inputs)).to.deep.equal({});
    expect((await program.refresh(kept))?.inputs).to.deep.equal(kept.inputs);
    const adopted = await program.adopt(policy, kept.id);
    expect(adopted && program.plan(adopted, inputs)).to.deep.equal({});
  });

  it("takes another subnetwork in place, and a self link to the one it has for no change", async () => {
    const kept = await program.create(policy, inputs);
    const pscConfig = (name: string) => ({ ...inputs, pscConfig: { subnetworks: [name] } });
    expect(program.plan(kept, pscConfig("projects/p/regions/r/subnetworks/other"))).to.deep.equal({
      "pscConfig.subnetworks[0]": false,
    });
    const link = `https://www.googleapis.com/compute/v1/${subnetwork}`;
    expect(program.plan(kept, pscConfig(link))).to.deep.equal({});
  });

  it("is refused where its subnetwork is not: gone, in another network, in another region", async () => {
    const other = await make(cloud, "compute/network:Network", { name: "other" });
    const elsewhere = await make(cloud, "compute/subnetwork:Subnetwork", {
      name: "elsewhere",
      network,
      region: "us-east1",
      ipCidrRange: "10.1.0.0/24",
    });
    const create = (changes: Values) => refusal(program.create(policy, { ...inputs, ...changes }));
    expect(await create({ pscConfig: { subnetworks: ["ghost"] } })).to.include("'ghost' was not found");
    expect(await create({ network: other })).to.include(`is not in ${other}`);
    expect(await create({ pscConfig: { subnetworks: [elsewhere] } })).to.include("is not in europe-west1");
    const purpose = "REGIONAL_MANAGED_PROXY";
    const proxies = { name: "proxies", network, region, ipCidrRange: "10.2.0.0/24", purpose, role: "ACTIVE" };
    const proxy = await make(cloud, "compute/subnetwork:Subnetwork", proxies);
    expect(await create({ pscConfig: { subnetworks: [proxy] } })).to.include("not a regular subnetwork");
    expect(await create({ network: `https://www.googleapis.com/compute/v1/${network}` })).to.include(
      "projects/{project}/global/networks/{name}",
    );
  });

  it("is the only one of its class in its network and region", async () => {
    await program.create(policy, inputs);
    expect(await refusal(program.create(policy, { ...inputs, name: "second" }))).to.include(
      "for that network, region and service class already",
    );
    const other = { ...inputs, name: "second", serviceClass: "google-cloud-sql" };
    expect(await refusal(program.create(policy, other))).to.equal("accepted");
  });

  it("keeps the network and the subnetwork that it names", async () => {
    await program.create(policy, inputs);
    expect(await refusal(cloud.remove("compute/subnetwork:Subnetwork", project.id, subnetwork))).to.include(
      "serviceConnectionPolicies/caches",
    );
  });
});
