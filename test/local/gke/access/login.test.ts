/** The program's own kubeconfig on this machine: kubectl and Helm find their cluster and are let in. */
import { execFile } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect } from "chai";

import { kubeconfig } from "../../../../components/kubeconfig";
import { type ControlPlane, startControlPlane } from "../../../../local/clusters/control-plane";
import { buildPrograms } from "../../../../local/clusters/programs";
import { type EndpointProxy, serveEndpointProxy } from "../../../../local/gke/access/endpoint-proxy";
import { loginEnvironment, removeLogin, writeLogin } from "../../../../local/gke/access/login";
import { removeFolders, temporaryFolder } from "../../../support/clusters";

const hostName = "gke-1234-300000000001.europe-west1.gke.goog";

describe("the program's own kubeconfig", () => {
  let folder: string;
  let control: ControlPlane;
  let proxy: EndpointProxy;

  /** Runs a command as somebody who has nothing but the kubeconfig and the environment of a login. */
  const run = (program: string, args: readonly string[], host = hostName) => {
    const file = join(folder, "kubeconfig.json");
    writeFileSync(file, kubeconfig("main", host));
    const env = {
      ...loginEnvironment({ folder: join(folder, "login") }, proxy.url),
      HOME: folder,
      KUBECONFIG: file,
    };
    return promisify(execFile)(program, args, { env }).then(
      ({ stdout }) => stdout.trim(),
      (error: Error & { stderr: string }) => error.stderr.trim(),
    );
  };

  before(async () => {
    folder = temporaryFolder();
    const programs = await buildPrograms();
    control = await startControlPlane({ folder: join(folder, "cluster"), programs, hostNames: [hostName] });
    proxy = await serveEndpointProxy((host) =>
      host === hostName ? Number(new URL(control.endpoint).port) : undefined,
    );
    writeLogin({ folder: join(folder, "login") }, hostName, control);
  });
  after(async () => {
    await proxy.close();
    await control.stop();
    removeFolders();
  });

  it("lets kubectl in under the name of the DNS endpoint", async () => {
    const { kubernetes } = control.programs;
    expect(await run(kubernetes, ["kubectl", "get", "namespace", "default", "-o", "name"])).to.equal(
      "namespace/default",
    );
    expect(await run(kubernetes, ["kubectl", "auth", "can-i", "*", "*", "--all-namespaces"])).to.equal("yes");
  });

  it("lets Helm in too", async () => {
    expect(await run(control.programs.helm, ["list", "--all-namespaces", "-q"])).to.equal("");
  });

  it("keeps what proves who one is to the user of this machine", () => {
    const mode = (name: string) => statSync(join(folder, "login", name)).mode & 0o077;
    expect([mode("credentials"), mode("bin"), mode(`credentials/${hostName}.json`)]).to.deep.equal([0, 0, 0]);
  });

  it("says so for a cluster that this world does not have", async () => {
    const stranger = "gke-5678-300000000001.europe-west1.gke.goog";
    expect(await run(control.programs.kubernetes, ["kubectl", "get", "ns"], stranger)).to.include(
      `it has no cluster at '${stranger}'`,
    );
  });

  it("lets nobody in any more when the cluster is gone", async () => {
    removeLogin({ folder: join(folder, "login") }, hostName);
    expect(await run(control.programs.kubernetes, ["kubectl", "get", "ns"])).to.include("it has no cluster");
    writeLogin({ folder: join(folder, "login") }, hostName, control);
  });
});
