/** That GKE's kinds take them is in test/full/agents; that its load balancer asks so was never seen. */
import { expect } from "chai";

import { healthCheck, route } from "../../../components/jenkins/route";

const made = route({
  namespace: "jenkins",
  gateway: "public",
  hostname: "jenkins.ci.acme.example",
  service: "jenkins",
});

describe("the way to Jenkins", () => {
  it("is by TLS only, to the host that it is known by", () => {
    expect(made.spec.parentRefs).to.deep.equal([{ name: "public", sectionName: "https" }]);
    expect(made.spec.hostnames).to.deep.equal(["jenkins.ci.acme.example"]);
  });

  it("leads to it for every path but that of the metrics, which have the names of all jobs", () => {
    const [metrics, rest] = made.spec.rules;
    expect(metrics?.matches).to.deep.equal([{ path: { type: "PathPrefix", value: "/prometheus" } }]);
    expect(metrics).to.not.have.property("backendRefs");
    expect(rest).to.deep.include({ backendRefs: [{ name: "jenkins", port: 8080 }] });
  });

  it("is up while Jenkins shows its login: to anything else it answers 403", () => {
    const { spec } = healthCheck({ namespace: "jenkins", service: "jenkins" });
    expect(spec.default.config.httpHealthCheck).to.deep.equal({ port: 8080, requestPath: "/login" });
    expect(spec.targetRef).to.deep.equal({ group: "", kind: "Service", name: "jenkins" });
  });
});
