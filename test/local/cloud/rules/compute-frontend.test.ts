/** Policies for TLS as a program sees them. Google's words are not proven. */
import { expect } from "chai";

import type { Cloud } from "../../../../local/cloud/cloud";
import type { Values } from "../../../../local/cloud/rules/shape";
import { googleProgram, type GoogleProgram } from "../../../support/google-program";
import { refusal, smallCloud } from "../../../support/small-cloud";

const policy = "compute/sSLPolicy:SSLPolicy";
const inputs = { name: "modern", profile: "RESTRICTED", minTlsVersion: "TLS_1_2" };

describe("a policy for TLS", () => {
  let cloud: Cloud;
  let program: GoogleProgram;

  beforeEach(async () => {
    cloud = await smallCloud();
    program = googleProgram(cloud);
  });

  it("is made, unchanged the next time, changed in place and adopted", async () => {
    const kept = await program.create(policy, inputs);
    expect(kept.id).to.equal("projects/acme-test/global/sslPolicies/modern");
    expect(program.plan(kept, inputs)).to.deep.equal({});
    expect(program.plan(kept, { ...inputs, minTlsVersion: "TLS_1_3" })).to.deep.equal({
      minTlsVersion: false,
    });
    const adopted = await program.adopt(policy, kept.id);
    expect(adopted && program.plan(adopted, inputs)).to.deep.equal({});
  });

  const strange: [what: string, change: Values, expected: RegExp][] = [
    ["a list of ciphers beside a profile", { customFeatures: ["TLS_A"] }, /only with profile CUSTOM/],
    ["no list where one is needed", { profile: "CUSTOM" }, /profile CUSTOM needs them/],
    ["TLS 1.3 and an old profile", { profile: "MODERN", minTlsVersion: "TLS_1_3" }, /RESTRICTED only/],
    ["FIPS and an old version", { profile: "FIPS_202205", minTlsVersion: "TLS_1_1" }, /must be TLS_1_2/],
  ];
  for (const [what, change, expected] of strange) {
    it(`is refused with ${what}`, async () => {
      expect(await refusal(program.create(policy, { ...inputs, ...change }))).to.match(expected);
    });
  }

  it("is kept by the proxy that uses it", async () => {
    const kept = await program.create(policy, inputs);
    const service = await program.create("compute/backendService:BackendService", {
      name: "web",
      loadBalancingScheme: "EXTERNAL_MANAGED",
    });
    const urlMap = await program.create("compute/uRLMap:URLMap", { name: "web", defaultService: service.id });
    const certificate = await program.create("compute/sSLCertificate:SSLCertificate", {
      name: "web",
      certificate: "placeholder",
      privateKey: "placeholder",
    });
    const proxy = (sslPolicy: string) =>
      program.create("compute/targetHttpsProxy:TargetHttpsProxy", {
        name: "web",
        urlMap: urlMap.id,
        sslCertificates: [certificate.id],
        sslPolicy,
      });
    expect(await refusal(proxy("ghost"))).to.include("'ghost' was not found");
    const used = await proxy(kept.id);
    expect(await refusal(program.remove(kept))).to.include("targetHttpsProxies/web");
    await program.remove(used);
    expect(await refusal(program.remove(kept))).to.equal("accepted");
  });
});
