/** That the program it names is in both images is in test/jenkins/images. */
import { expect } from "chai";

import { dockerClient, dockerConfig, dockerConfigName } from "../../../components/agents/docker-client";

describe("clients of a registry in a pod", () => {
  it("ask a program for a token each time, for our registry alone, and keep no login", () => {
    expect(JSON.parse(dockerConfig("host.example")["config.json"] ?? "")).to.deep.equal({
      credHelpers: { "host.example": "metadata" },
    });
  });

  it("find that where they look for it", () => {
    expect(dockerClient.volume.configMap.name).to.equal(dockerConfigName);
    for (const { value } of dockerClient.env)
      expect(value.startsWith(dockerClient.mount.mountPath)).to.equal(true);
  });
});
