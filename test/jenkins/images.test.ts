/** Not proven: that the images build and run, since no container engine is here. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { judgeDockerfile } from "../../cli/service/rules/dockerfile";
import { dockerConfig } from "../../components/agents/docker-client";
import { buildkit } from "../../environments/pipelines";
import { root } from "../support/plan-world";
import { found } from "../support/service-repository";

const read = (image: string) => readFileSync(join(root, "jenkins", "images", `${image}.Dockerfile`), "utf8");

describe("the images of pipelines' pods", () => {
  for (const image of ["build-tools", "deploy-tools"]) {
    it(`start from nothing without a whole version, and run as the user of all containers: ${image}`, async () => {
      const problems = await found(judgeDockerfile, { Dockerfile: read(image) });
      expect(JSON.stringify(problems)).not.to.contain("dockerfile-pinned");
      expect(JSON.stringify(problems)).not.to.contain("dockerfile-user");
      expect(read(image)).to.match(/^USER 1000:1000$/m);
    });

    it(`have the program that clients of the registry ask for a token: ${image}`, () => {
      const { credHelpers } = JSON.parse(dockerConfig("host.example")["config.json"] ?? "") as {
        credHelpers: Record<string, string>;
      };
      expect(read(image)).to.contain(`/usr/local/bin/docker-credential-${credHelpers["host.example"]}\n`);
    });
  }

  it("deploy with the plugins in the versions that the program is written for", () => {
    const file = read("deploy-tools");
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const plugins = [...file.matchAll(/plugin install resource (\S+) (\S+)/g)].map(([, name, version]) => [
      name,
      version,
    ]);
    expect(plugins).to.deep.equal(
      ["gcp", "kubernetes", "random"].map((name) => [name, dependencies[`@pulumi/${name}`]]),
    );
    expect(/pulumi-base:(\S+) AS/.exec(file)?.[1]).to.equal(dependencies["@pulumi/pulumi"]);
  });

  it("ask BuildKit in its own version: the container beside has the same image", () => {
    expect(read("build-tools")).to.contain(`FROM ${buildkit} AS buildkit`);
  });
});
