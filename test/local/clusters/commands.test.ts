/** The real Helm on a real cluster. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { helm } from "../../../local/clusters/commands";
import type { ControlPlane } from "../../../local/clusters/control-plane";
import { setNodePool } from "../../../local/clusters/node-pools";
import { pinnedVersions } from "../../../local/clusters/programs";
import { ask, deploymentOf, podSpec, pool, removeFolders, startTemporary } from "../../support/clusters";

describe("helm", () => {
  let cluster: ControlPlane;

  /** A chart with one deployment, and the path of its folder. */
  const chart = (name: string, spec: object, kubeVersion = ">=1.36.0") => {
    const folder = join(cluster.folder, "charts", name);
    mkdirSync(join(folder, "templates"), { recursive: true });
    writeFileSync(
      join(folder, "Chart.yaml"),
      JSON.stringify({ apiVersion: "v2", name, version: "1.0.0", kubeVersion }),
    );
    writeFileSync(join(folder, "templates", "deployment.yaml"), JSON.stringify(deploymentOf(name, 2, spec)));
    return folder;
  };

  before(async () => {
    cluster = await startTemporary();
    await setNodePool(cluster, pool());
  });
  after(async () => {
    await cluster.stop();
    removeFolders();
  });

  it("is of the pinned version", async () => {
    const { stdout } = await helm(cluster, ["version", "--template", "{{.Version}}"]);
    expect(stdout).to.equal(`v${pinnedVersions().helm}`);
  });

  it("installs a chart and waits until it is ready, and takes it away", async () => {
    const installed = await helm(cluster, [
      "install",
      "web",
      chart("web", podSpec()),
      "--wait",
      "--timeout=180s",
    ]);
    expect(installed.stderr).to.equal("");
    expect(installed.stdout).to.contain("STATUS: deployed");
    const ready = await ask(cluster, "get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}");
    expect(ready).to.equal("2");
    await helm(cluster, ["uninstall", "web", "--wait", "--timeout=180s"]);
    expect(await ask(cluster, "get", "deployments", "-o", "name")).to.equal("");
  });

  it("reports a chart whose pods find no node, and keeps it as failed", async () => {
    const nowhere = chart("nowhere", podSpec({ nodeSelector: { pool: "none" } }));
    const failed = await helm(cluster, ["install", "nowhere", nowhere, "--wait", "--timeout=2s"]);
    expect(failed.exitCode).to.equal(1);
    expect(failed.stderr).to.contain("INSTALLATION FAILED").and.contain("deadline exceeded");
    expect((await helm(cluster, ["status", "nowhere"])).stdout).to.contain("STATUS: failed");
  });

  it("refuses a chart that is made for another Kubernetes", async () => {
    const failed = await helm(cluster, ["install", "old", chart("old", podSpec(), "<1.30.0")]);
    expect(failed.stderr).to.contain(
      "chart requires kubeVersion: <1.30.0 which is incompatible with Kubernetes v1.36",
    );
  });
});
