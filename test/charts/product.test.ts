/**
 * The product in each environment: every service of the catalogue, rendered with the values that the program gives it,
 * beside everything that the program makes in the cluster.
 *
 * Not proven here: that an API server takes what is rendered (test/charts/service), and that the network does as its
 * policies say.
 */
import { join } from "node:path";

import { expect } from "chai";

import { type Catalogue, readCatalogue } from "../../config/catalogue";
import { violationsOf } from "../../policies/in-cluster";
import type { ClusterObject } from "../../policies/policy";
import { allows, type Pod } from "../support/network-policies";
import { type KubernetesObject, kubernetesObjects, type Labels } from "../support/recorded-objects";
import { cacheAddress, recordEnvironment } from "../support/recorder";
import { type Block, context } from "../support/rendered-objects";
import { packagedService, ServiceChart } from "../support/service-chart";
import { popup, root } from "../support/settings";

const catalogue: Catalogue = readCatalogue(join(root, "catalog", "services"));
const names = Object.keys(catalogue);
const pairs = names.flatMap((from) => names.filter((to) => to !== from).map((to) => ({ from, to })));
/** Where stores of a pop-up are from; nothing of them is built here. */
const storeImages = ["docker.io/library", "docker.io/valkey"];
const database = { address: "10.0.0.9" };

for (const stack of ["staging", "production", popup]) {
  describe(`the product in ${stack}`, () => {
    let charts: ServiceChart;
    /** What each release brings, by the service's name. */
    let rendered: Record<string, ClusterObject[]>;
    let objects: KubernetesObject[];

    before(async () => {
      charts = await ServiceChart.open();
      const recording = await recordEnvironment(stack);
      const releases = recording.all("kubernetes:helm.sh/v3:Release");
      rendered = Object.fromEntries(
        await Promise.all(
          releases.map(async ({ name, inputs }) => {
            const { migration, ...service } = packagedService();
            const stores = catalogue[name]?.stores.includes("postgres");
            const values = {
              ...(inputs["values"] as Block),
              service: { ...service, ...(stores && { migration }) },
            };
            return [name, await charts.objects(values, { name, namespace: stack })] as const;
          }),
        ),
      );
      objects = [...kubernetesObjects(recording), ...(Object.values(rendered).flat() as KubernetesObject[])];
    });
    after(() => charts.close());

    /** A pod as a workload of a release makes it. */
    const podOf = (service: string, kind: "Deployment" | "Job" = "Deployment"): Pod => {
      const found = rendered[service]?.find((object) => object.kind === kind);
      const { template } = found?.["spec"] as { template: { metadata: { labels: Labels } } };
      return { namespace: stack, labels: template.metadata.labels, ports: { http: 8080 } };
    };
    const storeOf = (service: string, kind: string): Pod => ({
      namespace: stack,
      labels: { "app.kubernetes.io/name": `${service}-${kind}`, "platform/in-cluster-store": service },
    });
    const open = (from: Pod, to: Pod | { address: string }, port: number) =>
      allows(objects, { from, to, port });

    it("is rendered of all services: the chart takes what the program says, at every level", () => {
      expect(Object.keys(rendered)).to.have.members(names);
    });

    it("keeps every rule for what is in a cluster", () => {
      const here =
        stack === popup ? { images: [...context.images, ...storeImages], available: false } : context;
      expect(violationsOf(objects as unknown as ClusterObject[], here)).to.deep.equal([]);
    });

    it("calls by the catalogue and in no other way", () => {
      const calls = pairs.filter(({ from, to }) => open(podOf(from), podOf(to), 8080));
      expect(calls).to.deep.equal(pairs.filter(({ from, to }) => catalogue[from]?.calls.includes(to)));
    });

    it("is called by the internet where it exposes something, and nowhere else", () => {
      const exposed = names.filter((name) =>
        allows(objects, { from: { address: "35.191.3.4" }, to: podOf(name), port: 8080 }),
      );
      expect(exposed).to.deep.equal(names.filter((name) => catalogue[name]?.exposes));
    });

    for (const [kind, port] of [
      ["postgres", 5432],
      ["redis", 6379],
    ] as const) {
      it(`reaches each ${kind} from the one service that it belongs to, and from its migration if that may`, () => {
        const owners = names.filter((name) => catalogue[name]?.stores.includes(kind));
        const target = (owner: string): [Pod | { address: string }, number] => {
          if (stack === popup) return [storeOf(owner, kind), port];
          return kind === "redis" ? [{ address: cacheAddress(owner) }, port] : [database, 3307];
        };
        for (const owner of owners) {
          const reached = names.filter((name) => open(podOf(name), ...target(owner)));
          // One endpoint leads to the databases of all services; there the login tells them apart.
          const shared = kind === "postgres" && stack !== popup;
          expect(reached, owner).to.deep.equal(shared ? owners : [owner]);
          if (kind === "postgres") expect(open(podOf(owner, "Job"), ...target(owner)), owner).to.equal(true);
        }
        expect(owners).to.not.have.length(0);
      });
    }
  });
}
