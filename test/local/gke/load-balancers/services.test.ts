/** Services on a real control plane, and their load balancers in the emulated cloud. */
import { expect } from "chai";

import { apply, ask, removeFolders } from "../../../support/clusters";
import { eventsOf, type Gke, holding, objectAt, refuse, region, startGke, until } from "../../../support/gke";
import { make as makeResource, project, refusal } from "../../../support/small-cloud";

interface Service {
  readonly metadata: { readonly uid: string; readonly finalizers?: readonly string[] };
  readonly status: { readonly loadBalancer: { readonly ingress?: readonly { readonly ip: string }[] } };
}

const serviceOf = (
  name: string,
  fields: { annotations?: object; namespace?: string; spec?: object } = {},
) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: fields.namespace ?? "default", annotations: fields.annotations ?? {} },
  spec: { type: "LoadBalancer", selector: { app: name }, ports: [{ port: 443 }], ...fields.spec },
});

const internal = { "networking.gke.io/load-balancer-type": "Internal" };

describe("services of type LoadBalancer", () => {
  let gke: Gke;

  const path = (name: string) => `/api/v1/namespaces/default/services/${name}`;
  const make = async (...objects: object[]) => {
    const { exitCode, stderr } = await apply(gke.control, ...objects);
    expect(exitCode, stderr).to.equal(0);
  };
  const addressOf = (name: string) =>
    until(`${name} has an address`, async () => {
      const { status } = await gke.control.api.get<Service>(path(name));
      return status.loadBalancer.ingress?.[0]?.ip;
    });
  /** What the cloud has beside the network, the cluster and reserved addresses. */
  const parts = () =>
    gke.cloud
      .list()
      .filter(({ kind }) => /^compute\//.test(kind) && !/Network$|Subnetwork$|Address$/.test(kind))
      .map(({ kind, id }) => `${kind.split(":")[1]} ${id.split("/").at(-1)}`)
      .sort();
  const gone = async (name: string) => {
    await ask(gke.control, "delete", "service", name, "--timeout=180s");
    expect(await objectAt(gke, path(name))).to.equal(undefined);
  };

  before(async () => {
    gke = await startGke();
  });
  after(async () => {
    await gke.stop();
    removeFolders();
  });
  afterEach(() => expect(gke.errors.splice(0)).to.deep.equal([]));

  it("get an address of the internet, a pool, a forwarding rule and two firewall rules", async () => {
    await make(serviceOf("web"));
    expect(await addressOf("web")).to.match(/^203\.0\.113\.\d+$/);
    const { metadata } = await gke.control.api.get<Service>(path("web"));
    const name = `a${metadata.uid.replaceAll("-", "")}`.slice(0, 32);
    expect(metadata.finalizers).to.deep.equal(["service.kubernetes.io/load-balancer-cleanup"]);
    expect(parts().map((part) => part.replace(/k8s-[0-9a-f]{16}-/, "k8s-ID-"))).to.deep.equal([
      "Firewall k8s-ID-node-http-hc",
      `Firewall k8s-fw-${name}`,
      `ForwardingRule ${name}`,
      `TargetPool ${name}`,
    ]);
  });

  it("hold the network until they are deleted, and then leave nothing", async () => {
    await gke.control.api.get(path("web"));
    expect(await refusal(gke.cloud.remove("compute/network:Network", project.id, gke.network))).to.include(
      "k8s-fw-",
    );
    await gone("web");
    expect(parts()).to.deep.equal([]);
  });

  it("that are internal get an address of the subnetwork and a backend service", async () => {
    await make(serviceOf("inside", { annotations: internal }), serviceOf("other", { annotations: internal }));
    const addresses = [await addressOf("inside"), await addressOf("other")];
    expect(new Set(addresses)).to.have.length(2);
    for (const address of addresses) expect(address).to.match(/^10\.0\.[0-3]\.\d+$/);
    const held = await refusal(gke.cloud.remove("compute/subnetwork:Subnetwork", project.id, gke.subnetwork));
    expect(held).to.include("ForwardingRule");
    expect(parts().filter((part) => part.startsWith("InstanceGroup"))).to.have.length(3);
    await gone("inside");
    expect(parts().filter((part) => part.startsWith("RegionBackendService"))).to.have.length(1);
    await gone("other");
    expect(parts()).to.deep.equal([]);
  });

  it("become internal, and plain ones again, without leaving parts of what they were", async () => {
    await make(serviceOf("moving"));
    await addressOf("moving");
    await make(serviceOf("moving", { annotations: internal }));
    await until("it is internal", async () => (await addressOf("moving")).startsWith("10."));
    await until("nothing external is left", () => !parts().some((part) => part.startsWith("TargetPool")));
    await make(serviceOf("moving", { spec: { type: "ClusterIP" } }));
    await until("nothing is left", () => parts().length === 0);
    const service = await until("it is free", async () => {
      const found = await gke.control.api.get<Service>(path("moving"));
      return !found.metadata.finalizers && found;
    });
    expect(service.status.loadBalancer.ingress).to.equal(undefined);
    await gone("moving");
  });

  it("use a reserved address, and hold it", async () => {
    const id = await makeResource(gke.cloud, "compute/address:Address", { name: "front", region });
    const named = { "networking.gke.io/load-balancer-ip-addresses": "front" };
    await make(serviceOf("named", { annotations: named }));
    const [reserved] = gke.cloud.list("compute/address:Address", id);
    expect(await addressOf("named")).to.equal(reserved?.state["address"]);
    const held = await refusal(gke.cloud.remove("compute/address:Address", project.id, id));
    expect(held).to.include("already being used");
    await gone("named");
  });

  it("say in an event why they get none, and get one when the reason is gone", async () => {
    const named = { "networking.gke.io/load-balancer-ip-addresses": "later" };
    await make(serviceOf("waiting", { annotations: named }));
    const event = await until("there is an event", async () => (await eventsOf(gke, "waiting")).at(0));
    expect(event).to.match(/SyncLoadBalancerFailed: .*address later is not reserved in europe-west1/);
    await makeResource(gke.cloud, "compute/address:Address", { name: "later", region });
    await addressOf("waiting");
    await gone("waiting");
  });

  it("are found again by the next controller, which makes nothing twice", async () => {
    await make(serviceOf("kept"));
    const address = await addressOf("kept");
    const before = parts();
    const journal = gke.cloud.journal.entries().length;
    await gke.restart();
    await make(serviceOf("new"));
    await addressOf("new");
    expect(await addressOf("kept")).to.equal(address);
    expect(parts()).to.include.members(before);
    const calls = gke.cloud.journal.entries(journal).filter(({ call }) => call !== "read");
    expect(calls.map(({ call, outcome }) => `${call} ${outcome}`)).to.deep.equal(Array(3).fill("create ok"));
    await gone("kept");
    await gone("new");
    expect(parts()).to.deep.equal([]);
  });

  it("of another class are left to whoever serves it", async () => {
    await make(serviceOf("foreign", { spec: { loadBalancerClass: "example.com/metal" } }), serviceOf("ours"));
    await addressOf("ours");
    expect((await gke.control.api.get<Service>(path("foreign"))).metadata.finalizers).to.equal(undefined);
    await gone("foreign");
    await gone("ours");
  });

  it("are deleted though another cannot be, in a namespace that is going; it goes when that one can", async () => {
    await make(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "a-going" } },
      serviceOf("held", { namespace: "a-going" }),
      serviceOf("free"),
    );
    await addressOf("free");
    const held = await until("the pool of the other is there", async () => {
      const { metadata } = await gke.control.api.get<Service>("/api/v1/namespaces/a-going/services/held");
      const name = `a${metadata.uid.replaceAll("-", "")}`.slice(0, 32);
      return parts().includes(`ForwardingRule ${name}`) && name;
    });
    gke.cloud.faults.add(holding("compute/targetPool:TargetPool", held));
    await gke.control.api.delete("/api/v1/namespaces/a-going");
    await until("it is tried", () =>
      gke.cloud.journal.entries().some(({ outcome }) => outcome.includes("400: held")),
    );
    await gone("free");
    expect(parts()).to.include(`TargetPool ${held}`);
    gke.cloud.faults.clear();
    await until("the namespace is gone", async () => !(await objectAt(gke, "/api/v1/namespaces/a-going")));
    expect(parts()).to.deep.equal([]);
  });

  it("get their load balancer though the API server refuses to hear of another's, which is tried again", async () => {
    await refuse(gke.control, "services/status", "UPDATE", "object.metadata.name != 'a-refused'");
    await make(serviceOf("a-refused"), serviceOf("served"));
    await addressOf("served");
    const refused = await until("it is reported", () => gke.errors.length > 0 && gke.errors.splice(0));
    expect(String(refused[0])).to.include("not this one");
    await ask(gke.control, "delete", "validatingadmissionpolicy,validatingadmissionpolicybinding", "--all");
    await addressOf("a-refused");
    gke.errors.splice(0);
    await gone("a-refused");
    await gone("served");
  });
});
