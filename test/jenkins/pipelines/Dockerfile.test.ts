/** Not proven: that the image builds and runs, since no container engine is here. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { judgeDockerfile } from "../../../cli/service/rules/dockerfile";
import { root } from "../../support/plan-world";
import { found } from "../../support/service-repository";

describe("the image of the pods that deploy", () => {
  it("has the plugins in the versions that the program is written for", () => {
    const file = readFileSync(join(root, "jenkins", "pipelines", "Dockerfile"), "utf8");
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
    expect(file).to.match(/^USER 1000:1000$/m);
  });

  it("starts from nothing without a whole version", async () => {
    const text = readFileSync(join(root, "jenkins", "pipelines", "Dockerfile"), "utf8");
    const problems = await found(judgeDockerfile, { Dockerfile: text });
    expect(JSON.stringify(problems)).not.to.contain("dockerfile-pinned");
    expect(JSON.stringify(problems)).not.to.contain("dockerfile-user");
  });
});
