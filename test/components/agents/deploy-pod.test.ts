/** What the API server says of it is in test/full/agents. */
import { expect } from "chai";

import { deployLabel, deployPod, type DeployPodArgs } from "../../../components/agents/deploy-pod";

const args: DeployPodArgs = {
  account: "staging",
  pool: { name: "deploys", taint: "deploys" },
  images: { agent: "jenkins/inbound-agent:1", tools: "example.com/tools:1" },
  state: "gs://acme-state",
};
const deploy = (more: Partial<DeployPodArgs> = {}) => {
  const { containers, volumes } = deployPod({ ...args, ...more });
  return { container: containers.find(({ name }) => name === "deploy"), volumes };
};

describe("the pod of a deploy", () => {
  it("has a label for each target", () => {
    expect(deployLabel("staging")).to.equal("deploy-staging");
  });

  it("knows where the state of the stacks is, and asks nobody anything", () => {
    const { container } = deploy();
    expect(container?.env).to.deep.include.members([
      { name: "PULUMI_BACKEND_URL", value: "gs://acme-state" },
      { name: "GIT_TERMINAL_PROMPT", value: "0" },
    ]);
  });

  it("logs in to the registry of charts as its pod's account", () => {
    const { container } = deploy();
    expect(container?.volumeMounts).to.deep.include({
      name: "docker-client",
      mountPath: "/etc/docker-client",
      readOnly: true,
    });
    expect(container?.env).to.deep.include({
      name: "PULUMI_K8S_HELM_REGISTRY_CONFIG_PATH",
      value: "/etc/docker-client/config.json",
    });
  });

  it("has the key that commits only where it is told which", () => {
    expect(JSON.stringify(deploy())).to.not.contain("github-writer");
    const { container, volumes } = deploy({ writer: "github-writer" });
    expect(volumes.find(({ name }) => name === "github-writer")).to.deep.equal({
      name: "github-writer",
      secret: { secretName: "github-writer", defaultMode: 0o440 },
    });
    expect(container?.volumeMounts).to.deep.include({
      name: "github-writer",
      mountPath: "/var/run/github-writer",
      readOnly: true,
    });
  });
});
