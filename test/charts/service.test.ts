/**
 * The chart of services: what it renders, and that a real API server takes it.
 *
 * Not proven here: that the images start, that the Auth Proxy connects and the driver mounts secrets, and what the
 * network lets through; there are no containers and no network.
 */
import { readFileSync } from "node:fs";
import { expect } from "chai";

import { helm, kubectl } from "../../local/clusters/commands";
import type { ControlPlane } from "../../local/clusters/control-plane";
import { setNodePool } from "../../local/clusters/node-pools";
import { definitions } from "../../local/gke/crds";
import { violationsOf } from "../../policies/in-cluster";
import type { ClusterObject } from "../../policies/policy";
import { ask, pool, removeFolders, startTemporary } from "../support/clusters";
import { allows } from "../support/network-policies";
import { applyStrictly, type KubernetesObject, kubernetesObjects } from "../support/recorded-objects";
import { recordEnvironment } from "../support/recorder";
import { type Block, context, renderedFile } from "../support/rendered-objects";
import { chartFolder, example, packagedService, ServiceChart, valuesOf } from "../support/service-chart";

const full = example("cloud-sql");
const popUp = example("in-cluster");
const { postgres, redis, secrets, route, calls, callers, ...smallest } = full;
const service = packagedService();
const { migration, ...withoutMigration } = service;

const cases: Readonly<Record<string, Block>> = {
  "everything, in Google's stores": { service, environment: full },
  "everything, in stores of a pop-up": { service, environment: { ...popUp, name: "staging" } },
  "nothing at all": { service: withoutMigration, environment: smallest },
  "a database without a migration": { service: withoutMigration, environment: { ...smallest, postgres } },
  "a database in the cluster": {
    service,
    environment: { ...smallest, postgres: popUp["postgres"] },
  },
  "only a cache": { service: withoutMigration, environment: { ...smallest, redis } },
  "only a cache in the cluster": {
    service: withoutMigration,
    environment: { ...smallest, redis: popUp["redis"] },
  },
  "only secrets": { service: withoutMigration, environment: { ...smallest, secrets } },
  "only a route": { service: withoutMigration, environment: { ...smallest, route } },
  "only callers": { service: withoutMigration, environment: { ...smallest, callers } },
  "a number of pods that stays": {
    service: withoutMigration,
    environment: { ...smallest, calls, replicas: { min: 3, max: 3, cpuPercent: 70 } },
  },
  "a command of its own and no folder to write to": {
    service: { ...service, command: ["node", "dist/main.js"], args: ["--quiet"], writable: [] },
    environment: full,
  },
  "names that YAML would take for something else": {
    service: {
      ...withoutMigration,
      variables: { A: "on", B: "1e3", C: "null", D: "'\"\n: #", E: "{{ x }}" },
    },
    environment: { ...smallest, owner: "null", account: "on", calls: ["true", "y"] },
  },
};

describe("the chart of services", () => {
  let charts: ServiceChart;

  before(async () => (charts = await ServiceChart.open()));
  after(() => charts.close());

  const rendered = new Map<string, Promise<ClusterObject[]>>();
  /** One of the cases, rendered once for all who look at it. */
  const render = (name: string): Promise<ClusterObject[]> => {
    const found = rendered.get(name) ?? charts.objects(cases[name]);
    rendered.set(name, found);
    return found;
  };

  const one = (objects: readonly ClusterObject[], kind: string) => {
    const [object, ...more] = objects.filter((candidate) => candidate.kind === kind);
    expect(more, kind).to.deep.equal([]);
    return object as unknown as KubernetesObject & Record<string, unknown>;
  };
  const podOf = (object: { spec?: unknown }) =>
    (object.spec as { template: { metadata: { labels: Block; annotations: Block }; spec: PodSpec } })
      .template;
  const variablesOf = ({ spec }: { spec: PodSpec }) =>
    Object.fromEntries((spec.containers[0]?.env ?? []).map(({ name, value }) => [name, value]));

  it("renders, byte for byte, what the file for reviewers holds", async () => {
    const args = ["packaged", "cloud-sql"].flatMap((name) => ["-f", `${chartFolder}/ci/${name}-values.yaml`]);
    const { stdout } = await charts.helm("template", "billing", chartFolder, "-n", "staging", ...args);
    // To write it anew: charts/service/README.md.
    expect(stdout).to.equal(readFileSync(renderedFile, "utf8"));
  });

  for (const [what, values] of Object.entries(cases)) {
    it(`passes helm lint and every control, with ${what}`, async () => {
      const { stdout, exitCode } = await charts.helm(
        "lint",
        "--strict",
        chartFolder,
        "-f",
        charts.file(values),
      );
      expect(exitCode, stdout).to.equal(0);
      const objects = await render(what);
      const { replicas } = values["environment"] as { replicas: { min: number } };
      expect(violationsOf(objects, { ...context, available: replicas.min > 1 })).to.deep.equal([]);
    });
  }

  it("lints with each of the examples that it carries", async () => {
    for (const name of ["cloud-sql", "in-cluster", "bare"]) {
      const values = { service: name === "bare" ? withoutMigration : service, ...valuesOf(name) };
      expect(
        (await charts.helm("lint", "--strict", chartFolder, "-f", charts.file(values))).exitCode,
      ).to.equal(0);
    }
  });

  it("tells a container all that it has to know, with stores at Google", async () => {
    const objects = await render("everything, in Google's stores");
    expect(variablesOf(podOf(one(objects, "Deployment")))).to.deep.equal({
      ...{ PORT: "8080", ENVIRONMENT: "staging", SERVICE_NAME: "billing", SERVICE_VERSION: "0.0.0" },
      DATABASE_URL: "postgresql://staging--billing%40acme-staging.iam@127.0.0.1:5432/billing?sslmode=disable",
      ...{ REDIS_URL: "rediss://10.0.0.5:6379", REDIS_AUTH: "iam" },
      ...{ REDIS_AUTHORITIES: "/etc/platform/redis/ca.pem", SECRETS: "/secrets" },
      SERVICE_URL_AUTHENTICATION: "http://authentication:80",
      SERVICE_URL_ROUTING: "http://routing:80",
    });
    expect(variablesOf(podOf(one(objects, "Job")))).to.deep.equal({
      ...{ ENVIRONMENT: "staging", SERVICE_NAME: "billing", SERVICE_VERSION: "0.0.0" },
      DATABASE_URL:
        "postgresql://staging--migrator%40acme-staging.iam@127.0.0.1:5432/billing?sslmode=disable",
      SERVICE_LOGIN: "staging--billing@acme-staging.iam",
    });
  });

  it("tells it the same of stores in the cluster, which trust whoever reaches them", async () => {
    const objects = await render("everything, in stores of a pop-up");
    expect(variablesOf(podOf(one(objects, "Deployment")))).to.include({
      DATABASE_URL: "postgresql://billing@billing-postgres:5432/billing",
      REDIS_URL: "redis://billing-redis:6379",
    });
    const job = podOf(one(objects, "Job"));
    expect(job.spec.serviceAccountName).to.equal("billing");
    expect(variablesOf(job)).to.include({
      DATABASE_URL: "postgresql://billing@billing-postgres:5432/billing",
      SERVICE_LOGIN: "billing",
    });
    for (const kind of ["Deployment", "Job"]) {
      expect(podOf(one(objects, kind)).spec.initContainers, kind).to.equal(undefined);
    }
  });

  it("keeps a text of a variable as it is", async () => {
    const name = "names that YAML would take for something else";
    const variables = variablesOf(podOf(one(await render(name), "Deployment")));
    expect(variables).to.include((cases[name]?.["service"] as { variables: Block }).variables);
    expect(variables).to.include({ SERVICE_URL_TRUE: "http://true:80" });
  });

  it("opens the ways of the namespace only for pods that need them", async () => {
    const ways = async (name: string, kind: string) => {
      const { labels } = podOf(one(await render(name), kind)).metadata;
      const { owner, ...others } = labels;
      expect(owner).to.equal("billing-team");
      return Object.fromEntries(Object.entries(others).filter(([label]) => label.startsWith("platform/")));
    };
    const google = "everything, in Google's stores";
    expect(await ways(google, "Deployment")).to.deep.equal({
      ...{ "platform/postgres": "cloud-sql", "platform/redis": "memorystore", "platform/exposed": "true" },
    });
    expect(await ways(google, "Job")).to.deep.equal({ "platform/postgres": "cloud-sql" });
    const inside = "everything, in stores of a pop-up";
    expect(await ways(inside, "Deployment")).to.deep.equal({
      ...{ "platform/uses-store": "billing", "platform/exposed": "true" },
    });
    expect(await ways(inside, "Job")).to.deep.equal({ "platform/uses-store": "billing" });
    expect(await ways("nothing at all", "Deployment")).to.deep.equal({});
    expect(await ways("only a cache in the cluster", "Deployment")).to.deep.equal({
      "platform/uses-store": "billing",
    });
  });

  it("makes of the rest only what is asked for", async () => {
    const kinds = async (name: string) =>
      (await render(name)).map(({ kind }) => kind).sort((a, b) => a.localeCompare(b));
    const always = ["Deployment", "NetworkPolicy", "PodMonitoring", "Service"];
    const several = [...always, "HorizontalPodAutoscaler", "PodDisruptionBudget"];
    const sorted = (...names: string[]) => names.sort((a, b) => a.localeCompare(b));
    expect(await kinds("nothing at all")).to.deep.equal(sorted(...several));
    expect(await kinds("only a route")).to.deep.equal(
      sorted(...several, "HTTPRoute", "HealthCheckPolicy", "GCPBackendPolicy"),
    );
    expect(await kinds("only secrets")).to.deep.equal(sorted(...several, "SecretProviderClass"));
    expect(await kinds("only a cache")).to.deep.equal(sorted(...several, "ConfigMap"));
    expect(await kinds("a database in the cluster")).to.deep.equal(sorted(...several, "Job"));
    expect(await kinds("a number of pods that stays")).to.deep.equal(
      sorted(...always, "PodDisruptionBudget"),
    );
    expect(await kinds("everything, in stores of a pop-up")).to.deep.equal(
      sorted(...always, "HTTPRoute", "HealthCheckPolicy", "GCPBackendPolicy", "Job"),
    );
  });

  it("leaves the number of pods to the autoscaler where there is one", async () => {
    const replicas = async (name: string) =>
      (one(await render(name), "Deployment").spec as { replicas?: number }).replicas;
    expect(await replicas("nothing at all")).to.equal(undefined);
    expect(await replicas("a number of pods that stays")).to.equal(3);
  });

  it("selects by nothing that a version changes, and never the pods of the migration", async () => {
    const objects = await render("everything, in Google's stores");
    const own = { "app.kubernetes.io/name": "billing", "app.kubernetes.io/component": "server" };
    const selectors = objects.flatMap(({ kind, spec }) => {
      const { selector, podSelector } = (spec ?? {}) as { selector?: Block; podSelector?: Block };
      const found = selector ?? podSelector;
      return found === undefined ? [] : [[kind, found["matchLabels"] ?? found] as const];
    });
    expect(selectors.map(([kind]) => kind)).to.have.members([
      ...["Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy", "PodMonitoring"],
    ]);
    for (const [kind, labels] of selectors) expect(labels, kind).to.deep.equal(own);
    expect(podOf(one(objects, "Deployment")).metadata.labels).to.include(own);
    expect(podOf(one(objects, "Job")).metadata.labels).to.include({
      "app.kubernetes.io/component": "migration",
    });
  });

  it("lets in the callers on the service's own port, and out to whom it calls", async () => {
    const policy = one(await render("everything, in Google's stores"), "NetworkPolicy");
    const deny: KubernetesObject = {
      ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
      metadata: { name: "deny-all", namespace: "staging" },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    };
    const pod = (name: string, component = "server") => ({
      ...{ namespace: "staging", ports: { http: 8080 } },
      labels: { "app.kubernetes.io/name": name, "app.kubernetes.io/component": component },
    });
    const open = (from: string, to: string, port = 8080) => {
      // The other side's policy is not the question.
      const other = (name: string): KubernetesObject => ({
        ...{ ...deny, metadata: { name, namespace: "staging" } },
        spec: {
          ...{
            podSelector: { matchLabels: { "app.kubernetes.io/name": name } },
            policyTypes: ["Ingress", "Egress"],
          },
          ...{ ingress: [{}], egress: [{}] },
        },
      });
      const others = [from, to].filter((name) => name !== "billing").map(other);
      return allows([deny, policy, ...others], { from: pod(from), to: pod(to), port });
    };
    expect(open("messaging", "billing")).to.equal(true);
    expect(open("messaging", "billing", 9801)).to.equal(false);
    expect(open("webhooks", "billing")).to.equal(false);
    expect(open("authentication", "billing")).to.equal(false);
    expect(open("billing", "authentication", 3000)).to.equal(true);
    expect(open("billing", "routing")).to.equal(true);
    expect(open("billing", "messaging")).to.equal(false);
  });

  it("runs the Auth Proxy beside the service and the migration: before them, after them, and never in their way", async () => {
    const objects = await render("everything, in Google's stores");
    for (const kind of ["Deployment", "Job"]) {
      const { initContainers = [], containers } = podOf(one(objects, kind)).spec;
      expect(containers, kind).to.have.length(1);
      const [proxy, ...others] = initContainers;
      expect(others).to.deep.equal([]);
      expect(proxy).to.include({ name: "cloud-sql-proxy", restartPolicy: "Always" });
      expect(proxy?.startupProbe, kind).to.not.equal(undefined);
      expect(proxy?.args).to.include.members([
        ...["--auto-iam-authn", "--psc", "--structured-logs", "--health-check"],
        "acme-staging:europe-west1:staging-db-a1b2c3",
      ]);
    }
  });

  it("migrates before anything else of a release is there, and with nothing of it", async () => {
    const job = one(await render("everything, in Google's stores"), "Job");
    expect((job.metadata as unknown as { annotations: Block }).annotations).to.deep.equal({
      "helm.sh/hook": "pre-install,pre-upgrade",
      "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded",
    });
    expect(job.spec).to.include({ backoffLimit: 1, activeDeadlineSeconds: 240 });
    const { spec } = podOf(job) as unknown as { spec: { volumes: Block[]; restartPolicy: string } };
    expect(spec.restartPolicy).to.equal("Never");
    expect(spec.volumes.map(({ name: _name, ...volume }) => Object.keys(volume))).to.deep.equal([
      ["emptyDir"],
    ]);
    expect(podOf(job).spec.serviceAccountName).to.equal("migrator");
    expect(podOf(job).spec.containers[0]).to.deep.include({ command: ["node", "dist/migrate.js"] });
  });

  it("gives a pod the time to be forgotten by load balancers, and then the service its own", async () => {
    const times = async (name: string) => {
      const { spec } = podOf(one(await render(name), "Deployment"));
      const [container] = spec.containers;
      return [container?.lifecycle?.preStop.sleep.seconds, spec.terminationGracePeriodSeconds];
    };
    expect(await times("only a route")).to.deep.equal([20, 55]);
    expect(await times("nothing at all")).to.deep.equal([5, 40]);
  });

  it("starts new pods when a file that they read changes, and for nothing else", async () => {
    const checksum = async (environment: Block) => {
      const objects = await charts.objects({ service, environment });
      return podOf(one(objects, "Deployment")).metadata.annotations["checksum/config"];
    };
    const before = await checksum(full);
    const authorities = { ...(redis as { memorystore: Block }).memorystore, authorities: "another" };
    expect(await checksum({ ...full, redis: { memorystore: authorities } })).to.not.equal(before);
    const others = { other: "projects/acme-staging/secrets/billing--other/versions/3" };
    expect(await checksum({ ...full, secrets: others })).to.not.equal(before);
    expect(await checksum({ ...full, replicas: { min: 3, max: 9, cpuPercent: 50 }, callers: [] })).to.equal(
      before,
    );
  });

  it("gives objects names that Kubernetes takes, however long a release's is", async () => {
    const { stdout } = await charts.template(cases["everything, in Google's stores"], {
      name: "b".repeat(53),
    });
    const names = [...stdout.matchAll(/^ {2}name: "([^"]+)"$/gm)].map(([, name = ""]) => name);
    expect(names).to.have.length.above(10);
    expect(names.filter((name) => name.length > 63)).to.deep.equal([]);
  });

  const refused: Readonly<Record<string, readonly [environment: Block, says: string]>> = {
    "two databases": [
      { ...full, postgres: { ...(postgres as Block), ...(popUp["postgres"] as Block) } },
      "at '/environment/postgres': 'oneOf' failed, subschemas 0, 1 matched",
    ],
    "a database that is nowhere": [
      { ...full, postgres: { database: "billing" } },
      "at '/environment/postgres': 'oneOf' failed, none matched",
    ],
    "two caches": [
      { ...full, redis: { ...(redis as Block), ...(popUp["redis"] as Block) } },
      "at '/environment/redis': 'oneOf' failed, subschemas 0, 1 matched",
    ],
    "a migration without a database": [smallest, "service.migration has no database to run on"],
    "the port of the Auth Proxy": [
      { ...full, port: 9801 },
      "which the Cloud SQL Auth Proxy has in every pod",
    ],
    "more pods than the most": [
      { ...full, replicas: { min: 5, max: 4, cpuPercent: 70 } },
      "environment.replicas.min is 5 and max is 4",
    ],
    "no account": [{ ...full, account: undefined }, "at '/environment': missing property 'account'"],
    "a misspelt key": [
      { ...full, replica: 2 },
      "at '/environment': additional properties 'replica' not allowed",
    ],
    "a key of the service": [{ ...full, probes: {} }, "additional properties 'probes' not allowed"],
    "a secret for the name of one": [
      { ...full, secrets: { "signing-key": "hunter2" } },
      "at '/environment/secrets/signing-key': 'hunter2' does not match pattern",
    ],
    "a path that is a folder": [
      { ...full, route: { ...(route as Block), path: "/billing/" } },
      "'/billing/' does not match",
    ],
    "memory without a unit": [
      { ...full, resources: { cpu: "1", memory: "256" } },
      "'256' does not match pattern",
    ],
  };
  for (const [what, [environment, says]] of Object.entries(refused)) {
    it(`refuses ${what}`, async () => {
      const { exitCode, stderr } = await charts.template({ service, environment });
      expect(stderr).to.contain(says);
      expect(exitCode).to.equal(1);
    });
  }

  it("is strict at every level of its values", () => {
    const loose: string[] = [];
    const walk = (schema: unknown, path: string): void => {
      if (typeof schema !== "object" || schema === null) return;
      const { type, additionalProperties } = schema as Block;
      if (type === "object" && additionalProperties === undefined) loose.push(path);
      for (const [key, inner] of Object.entries(schema)) walk(inner, `${path}/${key}`);
    };
    walk(JSON.parse(readFileSync(`${chartFolder}/values.schema.json`, "utf8")), "");
    expect(loose).to.deep.equal([]);
  });

  describe("on a real API server, in the namespace that the program makes,", () => {
    let cluster: ControlPlane;

    before(async () => {
      const objects = kubernetesObjects(await recordEnvironment("staging"));
      cluster = await startTemporary();
      const kinds = definitions as readonly (typeof definitions)[number][];
      const known = kinds.some(({ spec }) => spec.names.kind === "SecretProviderClass");
      expect((await applyStrictly(cluster, known ? kinds : [...kinds, secretProviderClass])).stderr).to.equal(
        "",
      );
      await ask(cluster, "wait", "crd", "--all", "--for=condition=Established");
      // What a namespace is made of; releases are no objects, and the rest is not asked for here.
      const wanted = ["Namespace", "LimitRange", "ResourceQuota", "PriorityClass", "NetworkPolicy"];
      const policies = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];
      const made = objects.filter(({ kind }) => [...wanted, ...policies].includes(kind));
      expect((await applyStrictly(cluster, made)).stderr).to.equal("");
      for (const account of ["billing", "migrator", "on"]) {
        await ask(cluster, "create", "serviceaccount", account, "-n", "staging");
      }
      await setNodePool(cluster, pool({ count: 3 }));
    });
    after(async () => {
      await cluster?.stop();
      removeFolders();
    });

    it("every object is taken, fields and all, in each of the cases", async () => {
      const objects = await Promise.all(Object.keys(cases).map(render));
      const { stderr, exitCode } = await kubectl(
        cluster,
        ["apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-"],
        {
          input: objects
            .flat()
            .map((object) => JSON.stringify(object))
            .join("\n---\n"),
        },
      );
      // Warnings, of Pod Security too, would stand here.
      expect(stderr).to.equal("");
      expect(exitCode).to.equal(0);
    });

    it("a release migrates first, then starts; the same again changes nothing, and a new version keeps the pods", async () => {
      const values = charts.file({ environment: full });
      const run = async (command: string, version: string) => {
        const archive = await charts.archive({ service: { migration } }, { version });
        const { stderr, exitCode } = await helm(cluster, [
          ...[command, "billing", archive, "-n", "staging", "-f", values, "--wait", "--timeout=120s"],
        ]);
        expect(exitCode, stderr).to.equal(0);
      };
      const read = (path: string, ...what: string[]) =>
        ask(cluster, "get", ...what, "-n", "staging", "-o", `jsonpath=${path}`);
      // What counts changes of the deployment and not of its status, and the rest, which nobody else changes.
      const state = async () => [
        await read("{.metadata.generation}", "deployment/billing"),
        await read(
          "{..resourceVersion}",
          ...["service", "pdb", "networkpolicy"].map((kind) => `${kind}/billing`),
        ),
      ];

      await run("install", "1.4.2");
      expect(await read("{.items}", "jobs")).to.equal("[]");
      const events = await read("{range .items[*]}{.involvedObject.name} {.reason};{end}", "events");
      expect(events.split(";")).to.include.members([
        "billing-migration Completed",
        "billing ScalingReplicaSet",
      ]);

      // As the autoscaler does when there is more to do.
      await ask(cluster, "scale", "deployment/billing", "--replicas=3", "-n", "staging");
      const before = await state();
      await run("upgrade", "1.4.2");
      expect(await state()).to.deep.equal(before);

      await run("upgrade", "1.4.3");
      expect(await read("{.spec.replicas}", "deployment/billing")).to.equal("3");
      expect(await read("{..image}", "deployment/billing")).to.contain("/billing:1.4.3@sha256:");
    });
  });
});

interface PodSpec {
  readonly serviceAccountName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
}
interface Container {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly args?: readonly string[];
  readonly startupProbe?: object;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
}

/** As far as the driver of the Secret Manager add-on defines it, while the emulated GKE brings none along. */
const secretProviderClass = {
  ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
  metadata: { name: "secretproviderclasses.secrets-store.csi.x-k8s.io" },
  spec: {
    group: "secrets-store.csi.x-k8s.io",
    scope: "Namespaced",
    names: { kind: "SecretProviderClass", plural: "secretproviderclasses", singular: "secretproviderclass" },
    versions: [
      {
        ...{ name: "v1", served: true, storage: true },
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                properties: {
                  provider: { type: "string" },
                  parameters: { type: "object", additionalProperties: { type: "string" } },
                },
              },
            },
          },
        },
      },
    ],
  },
};
