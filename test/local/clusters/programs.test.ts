import { expect } from "chai";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { buildPrograms, GoNotFound, pinnedVersions } from "../../../local/clusters/programs";
import { removeFolders, temporaryFolder } from "../../support/clusters";

describe("the programs of a cluster", () => {
  let env: Record<string, string>;

  const install = (name: string, script: string) => {
    const file = join(env["PATH"] ?? "", name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  };
  const refusal = async () => {
    const error: unknown = await buildPrograms({ env }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(GoNotFound);
    return (error as Error).message;
  };

  beforeEach(() => {
    const folder = temporaryFolder();
    env = { PATH: join(folder, "bin"), HOME: folder, PLATFORM_CACHE: join(folder, "cache") };
    mkdirSync(env["PATH"] ?? "");
  });
  afterEach(removeFolders);

  it("say what to install where there is no Go", async () => {
    const message = await refusal();
    expect(message).to.contain(`to build Kubernetes ${pinnedVersions().kubernetes} and Helm`);
    expect(message)
      .to.contain("found: no Go on PATH")
      .and.contain(`install Go ${pinnedVersions().go} or newer`);
  });

  it("are not built with a Go that is older than the module asks for", async () => {
    install("go", "echo go version go1.18.3 linux/amd64");
    expect(await refusal()).to.contain("found: Go 1.18.3, which is older");
  });

  it("carry their versions", async () => {
    install(
      "go",
      'while [ "$1" != -o ]; do [ "$1" = version ] && echo go1.99.0 && exit; echo "$1" >> "$HOME/said"; shift; done\necho "$*" > "$2"',
    );
    await buildPrograms({ env });
    const said = readFileSync(join(env["HOME"] ?? "", "said"), "utf8");
    const { kubernetes, helm } = pinnedVersions();
    expect(said).to.contain(`-X k8s.io/component-base/version.gitVersion=v${kubernetes}`);
    expect(said).to.contain(`-X helm.sh/helm/v3/internal/version.version=v${helm}`);
  });
});
