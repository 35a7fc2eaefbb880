import { expect } from "chai";

import {
  agentUser,
  confined,
  inboundAgent,
  podSecurity,
  sharedVolumes,
  toolsContainer,
} from "../../../components/agents/agent-container";

const containers = [
  inboundAgent("jenkins/inbound-agent:1"),
  toolsContainer("build", "example.com/tools:1", { GREETING: "hello" }),
];

describe("a container of a pipeline", () => {
  it("writes to the folders of its pod and nowhere else, and can find its home there", () => {
    for (const { securityContext, volumeMounts, env } of containers) {
      expect(securityContext).to.deep.equal(confined);
      expect(securityContext.readOnlyRootFilesystem).to.equal(true);
      const paths = volumeMounts.map(({ mountPath }) => mountPath);
      expect(paths).to.include("/tmp");
      expect(paths).to.include(env.find(({ name }) => name === "HOME")?.value);
    }
  });

  it("shares its folders with the others: one user for all, who is not root", () => {
    expect(podSecurity).to.include({ runAsNonRoot: true, runAsUser: agentUser, fsGroup: agentUser });
    for (const { securityContext, volumeMounts } of containers) {
      expect(securityContext).to.not.have.property("runAsUser");
      expect(volumeMounts.map(({ name }) => name)).to.deep.equal(sharedVolumes.map(({ name }) => name));
    }
  });

  it("is found by Jenkins as jnlp where it connects to it, and waits for steps where it has tools", () => {
    expect(containers.map(({ name }) => name)).to.deep.equal(["jnlp", "build"]);
    expect(containers[0]).to.not.have.property("command");
    expect(containers[1]).to.deep.include({ command: ["sleep", "infinity"] });
    expect(containers[1]?.env).to.deep.include({ name: "GREETING", value: "hello" });
  });

  it("is ended when it takes more memory than it asked for", () => {
    for (const { resources } of containers)
      expect(resources.limits.memory).to.equal(resources.requests.memory);
  });
});
