/** Claims on a real control plane, and their disks in the emulated cloud. */
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";

import type { Resource, Values } from "../../../../local/cloud/rules/shape";
import { apply, ask, podOf, podSpec, removeFolders } from "../../../support/clusters";
import { eventsOf, type Gke, holding, objectAt, startGke, until, zones } from "../../../support/gke";
import { project } from "../../../support/small-cloud";

interface Claim {
  readonly metadata: { readonly uid: string };
  readonly spec: { readonly volumeName?: string };
  readonly status: { readonly phase: string; readonly capacity?: { readonly storage: string } };
}

interface Volume {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly csi: { readonly volumeHandle: string };
    readonly capacity: { readonly storage: string };
    readonly nodeAffinity: {
      readonly required: {
        readonly nodeSelectorTerms: readonly [{ matchExpressions: readonly [{ values: string[] }] }];
      };
    };
  };
  readonly status: { readonly phase: string };
}

const claimPath = (name: string) => `/api/v1/namespaces/default/persistentvolumeclaims/${name}`;

const claimOf = (name: string, storageClassName?: string, spec: object = {}) => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name },
  spec: {
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: "10Gi" } },
    ...(storageClassName && { storageClassName }),
    ...spec,
  },
});

const classOf = (name: string, fields: object = {}) => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name },
  provisioner: "pd.csi.storage.gke.io",
  parameters: { type: "pd-balanced" },
  allowVolumeExpansion: true,
  ...fields,
});

const using = (claim: string, zone?: string) =>
  podSpec({
    volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }],
    ...(zone && { nodeSelector: { "topology.kubernetes.io/zone": zone } }),
  });

describe("volumes", () => {
  let gke: Gke;

  const disks = (): Resource[] =>
    ["compute/disk:Disk", "compute/regionDisk:RegionDisk"].flatMap((kind) => gke.cloud.list(kind));
  const diskOf = (uid: string) => disks().find(({ id }) => id.endsWith(`/pvc-${uid}`));
  const make = async (...objects: object[]) => {
    const { exitCode, stderr } = await apply(gke.control, ...objects);
    expect(exitCode, stderr).to.equal(0);
  };
  const claim = (name: string) => gke.control.api.get<Claim>(claimPath(name));
  const bound = (name: string) =>
    until(`${name} is bound`, async () => {
      const found = await claim(name);
      return found.status.phase === "Bound" && found;
    });
  const volumeOf = async (name: string) =>
    gke.control.api.get<Volume>(`/api/v1/persistentvolumes/${(await bound(name)).spec.volumeName}`);

  before(async () => {
    gke = await startGke();
  });
  after(async () => {
    await gke.stop();
    removeFolders();
  });
  afterEach(() => expect(gke.errors.splice(0)).to.deep.equal([]));

  it("come from three classes, of which one is meant where none is named", async () => {
    await make(claimOf("plain"));
    const { spec } = await gke.control.api.get<{ spec: { storageClassName: string } }>(claimPath("plain"));
    expect(spec.storageClassName).to.equal("standard-rwo");
    const names = await ask(gke.control, "get", "storageclasses", "-o", "jsonpath={.items[*].metadata.name}");
    expect(names.split(" ")).to.include.members(["standard-rwo", "premium-rwo", "standard"]);
    await ask(gke.control, "delete", "pvc", "plain");
  });

  it("wait for their first pod, and stand in the zone of its node", async () => {
    await make(claimOf("later", "standard-rwo"));
    await until("the claim waits", async () =>
      (await eventsOf(gke, "later")).some((event) => event.startsWith("WaitForFirstConsumer")),
    );
    expect(disks()).to.deep.equal([]);

    const [, zone = ""] = zones;
    await make(podOf("first", using("later", zone)));
    const volume = await volumeOf("later");
    await ask(gke.control, "wait", "pod/first", "--for=condition=Ready", "--timeout=180s");
    const { uid } = (await claim("later")).metadata;
    const handle = `projects/${project.id}/zones/${zone}/disks/pvc-${uid}`;
    expect(volume.spec.csi.volumeHandle).to.equal(handle);
    expect(volume.spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values).to.deep.equal([
      zone,
    ]);
    expect(diskOf(uid)?.inputs).to.deep.include({ zone, size: 10, type: "pd-balanced" });
  });

  it("leave their owner's marks on the disk, and the labels that a class asks for", async () => {
    await make(
      classOf("marked", {
        volumeBindingMode: "Immediate",
        parameters: { type: "pd-ssd", labels: "team=a,tier=b" },
      }),
      claimOf("marked", "marked"),
    );
    const { uid } = (await bound("marked")).metadata;
    const { labels, description } = diskOf(uid)?.inputs ?? {};
    expect(labels).to.deep.include({
      "goog-gke-volume": "",
      "goog-k8s-cluster-name": "staging",
      "goog-k8s-cluster-location": "europe-west1",
      environment: "staging",
      team: "a",
      tier: "b",
    });
    expect((labels as Values)["goog-gke-cluster-id-base32"]).to.match(/^[a-z2-7]{52}$/);
    expect(JSON.parse(description as string)).to.deep.equal({
      "kubernetes.io/created-for/pv/name": `pvc-${uid}`,
      "kubernetes.io/created-for/pvc/name": "marked",
      "kubernetes.io/created-for/pvc/namespace": "default",
      "storage.gke.io/created-by": "pd.csi.storage.gke.io",
    });
  });

  it("of the class with the former driver's name are served too, at once", async () => {
    await make(claimOf("former", "standard"));
    const { uid } = (await bound("former")).metadata;
    expect(diskOf(uid)?.inputs["type"]).to.equal("pd-standard");
  });

  it("in two zones have one disk of the region", async () => {
    await make(
      classOf("regional", {
        parameters: { type: "pd-balanced", "replication-type": "regional-pd" },
        volumeBindingMode: "WaitForFirstConsumer",
      }),
      claimOf("both", "regional"),
      podOf("both", using("both", zones[2])),
    );
    const { uid } = (await bound("both")).metadata;
    const disk = diskOf(uid);
    expect(disk?.id).to.equal(`projects/${project.id}/regions/europe-west1/disks/pvc-${uid}`);
    const replicas = disk?.inputs["replicaZones"] as string[];
    expect(replicas).to.have.length(2).and.include(zones[2]);
  });

  it("stand in zones that the class names, where no node is too", async () => {
    const allowed = [zones[0], "europe-west1-x"];
    await make(
      classOf("named", {
        parameters: { type: "pd-balanced", "replication-type": "regional-pd" },
        volumeBindingMode: "WaitForFirstConsumer",
        allowedTopologies: [{ matchLabelExpressions: [{ key: "topology.gke.io/zone", values: allowed }] }],
      }),
      claimOf("named", "named"),
      podOf("named", using("named", zones[0])),
    );
    const { uid } = (await bound("named")).metadata;
    expect(diskOf(uid)?.inputs["replicaZones"]).to.deep.equal(allowed);
  });

  it("of a stateful set are one for each pod, and stay when it goes", async () => {
    await make({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "db" },
      spec: {
        serviceName: "db",
        replicas: 2,
        selector: { matchLabels: { app: "db" } },
        template: { metadata: { labels: { app: "db" } }, spec: podSpec() },
        volumeClaimTemplates: [claimOf("data", "premium-rwo")],
      },
    });
    await ask(gke.control, "rollout", "status", "statefulset/db", "--timeout=180s");
    const uids = await Promise.all(
      ["data-db-0", "data-db-1"].map(async (name) => (await bound(name)).metadata.uid),
    );
    expect(uids.map((uid) => diskOf(uid)?.inputs["type"])).to.deep.equal(["pd-ssd", "pd-ssd"]);
    await ask(gke.control, "delete", "statefulset", "db");
    expect(uids.map((uid) => diskOf(uid) !== undefined)).to.deep.equal([true, true]);
  });

  it("grow with their claim", async () => {
    await make(claimOf("former", "standard", { resources: { requests: { storage: "10500Mi" } } }));
    const { uid } = (await bound("former")).metadata;
    await until(
      "the claim has grown",
      async () => (await claim("former")).status.capacity?.storage === "11Gi",
    );
    expect((await volumeOf("former")).spec.capacity.storage).to.equal("11Gi");
    expect(diskOf(uid)?.inputs["size"]).to.equal(11);
  });

  it("go with their claim, and their disk with them", async () => {
    const { uid } = (await bound("former")).metadata;
    await ask(gke.control, "delete", "pvc", "former");
    await until(
      "the volume is gone",
      async () => !(await objectAt(gke, `/api/v1/persistentvolumes/pvc-${uid}`)),
    );
    expect(diskOf(uid)).to.equal(undefined);
  });

  it("stay with their disk where the class retains them", async () => {
    await make(
      classOf("kept", { reclaimPolicy: "Retain", volumeBindingMode: "Immediate" }),
      claimOf("kept", "kept"),
    );
    const { uid } = (await bound("kept")).metadata;
    const path = `/api/v1/persistentvolumes/pvc-${uid}`;
    await ask(gke.control, "delete", "pvc", "kept");
    await until(
      "it is released",
      async () => (await objectAt<Volume>(gke, path))?.status.phase === "Released",
    );
    await ask(gke.control, "delete", "pv", `pvc-${uid}`);
    expect(diskOf(uid)).not.to.equal(undefined);
    await gke.cloud.remove("compute/disk:Disk", project.id, diskOf(uid)?.id ?? "");
  });

  const refused: Record<string, [storageClass: object, claim: object, reason: RegExp]> = {
    typo: [{ parameters: { tpye: "pd-ssd" } }, {}, /invalid option "tpye"/],
    narrow: [
      {
        parameters: { "replication-type": "regional-pd" },
        allowedTopologies: [{ matchLabelExpressions: [{ key: "topology.gke.io/zone", values: [zones[0]] }] }],
      },
      {},
      /two zones in the class, and there is one/,
    ],
    shared: [{}, { accessModes: ["ReadWriteMany"] }, /one writer/],
  };

  for (const [name, [storageClass, spec, reason]] of Object.entries(refused)) {
    it(`are refused, with the reason in an event: ${name}`, async () => {
      await make(
        classOf(name, { volumeBindingMode: "Immediate", ...storageClass }),
        claimOf(name, name, spec),
      );
      const events = await until("there is an event", async () => {
        const found = (await eventsOf(gke, name)).filter((event) => event.startsWith("ProvisioningFailed"));
        return found.length > 0 && found;
      });
      expect(events).to.have.length(1);
      expect(events[0]).to.match(reason);
      expect((await claim(name)).status.phase).to.equal("Pending");
      await ask(gke.control, "delete", "pvc", name);
    });
  }

  it("are made once, whoever looks: a restart finds what was made before", async () => {
    await make(classOf("again", { volumeBindingMode: "Immediate" }), claimOf("again", "again"));
    await bound("again");
    await gke.addons.stop();
    await make(claimOf("meanwhile", "again"));
    const before = disks().length;
    await gke.restart();
    await bound("meanwhile");
    expect(disks()).to.have.length(before + 1);
    const made = gke.cloud.journal
      .entries()
      .filter(({ call, kind }) => call === "create" && /isk$/.test(kind));
    expect(new Set(made.map(({ id }) => id))).to.have.length(made.length);
  });

  it("of which one cannot be deleted are tried again only when all others have been worked on", async () => {
    await make(
      classOf("held", { volumeBindingMode: "Immediate" }),
      claimOf("held", "held"),
      claimOf("slow", "held"),
    );
    const [held, slow] = [(await bound("held")).metadata.uid, (await bound("slow")).metadata.uid];
    const tries = () =>
      gke.cloud.journal.entries().filter(({ outcome }) => outcome.includes("400: held")).length;
    gke.cloud.faults.add(holding("compute/disk:Disk", held));
    await ask(gke.control, "delete", "pvc", "held");
    await until("it is tried", () => tries() > 0);
    gke.cloud.faults.add({ call: "delete", id: slow, hang: true });
    await ask(gke.control, "delete", "pvc", "slow");
    await until("the other hangs", () => gke.cloud.faults.hanging > 0);
    await wait(200);
    const before = tries();
    await wait(2_500);
    expect(tries()).to.equal(before);
    gke.cloud.faults.clear();
    await until("both are gone", () => !diskOf(held) && !diskOf(slow));
    expect([...new Set(gke.errors.splice(0).map(String))].join()).to.match(/400: held/);
  });
});
