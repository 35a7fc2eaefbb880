/** What a cluster leaves in the cloud, depending on what goes first. */
import { expect } from "chai";

import { kubectl } from "../../../local/clusters/commands";
import { apply, ask, podOf, podSpec, removeFolders } from "../../support/clusters";
import { type Gke, startGke, until } from "../../support/gke";
import { project, refusal } from "../../support/small-cloud";

const objects = [
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: { type: "LoadBalancer", selector: { app: "web" }, ports: [{ port: 80 }] },
  },
  {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: { name: "web" },
    spec: {
      gatewayClassName: "gke-l7-global-external-managed",
      listeners: [{ name: "http", port: 80, protocol: "HTTP" }],
    },
  },
  {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: "web" },
    spec: { parentRefs: [{ name: "web" }], rules: [{ backendRefs: [{ name: "web", port: 80 }] }] },
  },
  {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  },
  podOf("web", podSpec({ volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] })),
];

describe("what GKE brings along", () => {
  let gke: Gke;

  const parts = () =>
    gke.cloud
      .list()
      .filter(({ kind }) => /^compute\//.test(kind) && !/Network$|Subnetwork$/.test(kind))
      .map(({ id }) => id)
      .sort();
  const deploy = async () => {
    const { exitCode, stderr } = await apply(gke.control, ...objects);
    expect(exitCode, stderr).to.equal(0);
    await ask(gke.control, "wait", "gateway/web", "--for=condition=Programmed", "--timeout=180s");
    await ask(gke.control, "wait", "pod/web", "--for=condition=Ready", "--timeout=180s");
    await ask(
      gke.control,
      "wait",
      "service/web",
      "--for=jsonpath={.status.loadBalancer.ingress}",
      "--timeout=180s",
    );
    await until("endpoints are there", () => parts().some((id) => id.includes("networkEndpointGroups")));
  };

  before(async () => {
    gke = await startGke();
  });
  after(removeFolders);

  it("leaves nothing when what is in a cluster goes first", async () => {
    await deploy();
    await ask(gke.control, "delete", "httproute,gateway,service,pod", "-l", "!component", "--timeout=60s");
    await ask(gke.control, "delete", "pvc", "data", "--timeout=60s");
    await until("nothing is left", () => parts().length === 0);
    expect(gke.errors).to.deep.equal([]);
  });

  it("makes a deletion wait while the cloud will not let go, and ends when it does", async () => {
    await deploy();
    gke.cloud.faults.add({
      ...{ call: "delete", kind: "compute/globalForwardingRule:GlobalForwardingRule" },
      ...{ times: 2, fail: { status: 503, reason: "backendError", message: "not now" } },
    });
    const early = await kubectl(gke.control, ["delete", "gateway", "web", "--timeout=1s"]);
    expect(early.exitCode).not.to.equal(0);
    await ask(gke.control, "wait", "gateway/web", "--for=delete", "--timeout=180s");
    expect(parts().filter((id) => id.includes("gkegw1"))).to.deep.equal([]);
  });

  it("leaves load balancers and disks when the cluster goes first, and they hold the network", async () => {
    await deploy();
    const before = parts();
    await gke.stop();
    await gke.cloud.remove("container/cluster:Cluster", project.id, gke.cluster.id);
    expect(parts()).to.deep.equal(before);
    for (const kind of ["disks", "forwardingRules", "networkEndpointGroups", "firewalls"]) {
      expect(before.join(), kind).to.include(kind);
    }
    const held = await refusal(gke.cloud.remove("compute/network:Network", project.id, gke.network));
    expect(held).to.include("NetworkEndpointGroup").and.to.include("Firewall");
  });

  it("takes nothing of a former cluster of the same name for its own", async () => {
    const former = parts();
    gke = await startGke({ into: gke });
    try {
      await deploy();
      await ask(gke.control, "delete", "httproute,gateway,service", "-l", "!component", "--timeout=60s");
      expect(parts()).to.include.members(former);
    } finally {
      await gke.stop();
    }
  });
});
