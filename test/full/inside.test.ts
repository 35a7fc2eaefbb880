/**
 * What the stacks put into their clusters, on a real API server: it takes all of it, and refuses by it.
 *
 * Not proven here: network policies, which nothing enforces where there is no network (see test/environments/flows), the
 * order in which the provider makes things, and disks, for which there is no driver.
 */
import { setTimeout as wait } from "node:timers/promises";

import { expect } from "chai";

import { kubectl } from "../../local/clusters/commands";
import type { ControlPlane } from "../../local/clusters/control-plane";
import { install } from "../../local/gke/install";
import { ask, podOf, podSpec, removeFolders, startTemporary } from "../support/clusters";
import { everyFeature } from "../support/features";
import { applyStrictly, type KubernetesObject, kubernetesObjects } from "../support/recorded-objects";
import { recordEnvironment } from "../support/recorder";

type Block = Record<string, unknown>;

const confined = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
};
const unconfined = {
  seccompProfile: { type: "Unconfined" },
  appArmorProfile: { type: "Unconfined" },
};

/** Asks for an object and makes nothing; every rule judges it all the same. */
async function attempt(cluster: ControlPlane, object: object): Promise<string> {
  const { exitCode, stderr } = await kubectl(cluster, ["create", "--dry-run=server", "-f", "-"], {
    input: JSON.stringify(object),
  });
  return exitCode === 0 ? "" : stderr;
}

/** A policy holds a moment after it is made. */
async function untilRefused(cluster: ControlPlane, object: object): Promise<void> {
  while ((await attempt(cluster, object)) === "") await wait(50);
}

async function start(stack: string): Promise<{ cluster: ControlPlane; objects: KubernetesObject[] }> {
  const objects = kubernetesObjects(await recordEnvironment(stack));
  const cluster = await startTemporary();
  // As every GKE cluster has it before anything of ours is there.
  await install(cluster.api, everyFeature);
  const { stderr } = await applyStrictly(cluster, objects);
  expect(stderr).to.equal("");
  return { cluster, objects };
}

const claim = (namespace: string) => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "disk", namespace },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
});

describe("in the cluster that builds,", () => {
  let cluster: ControlPlane;
  let objects: KubernetesObject[];
  let buildkit = "";

  before(async () => {
    ({ cluster, objects } = await start("ci"));
    buildkit = /moby\/buildkit:[^@]+-rootless@sha256:[0-9a-f]{64}/.exec(JSON.stringify(objects))?.[0] ?? "";
    for (const account of ["builds/other", "deploys/other"]) {
      const [namespace = "", name = ""] = account.split("/");
      await ask(cluster, "create", "serviceaccount", name, `--namespace=${namespace}`);
    }
    await untilRefused(cluster, podOf("nobodys", podSpec(), "builds"));
    await untilRefused(cluster, podOf("nobodys", podSpec(), "deploys"));
  });
  after(async () => {
    await cluster.stop();
    removeFolders();
  });

  const spec = (overrides: Block = {}) =>
    podSpec({
      serviceAccountName: "builder",
      nodeSelector: { pool: "builds" },
      priorityClassName: "batch",
      ...overrides,
    });
  const container = (overrides: Block = {}) => ({
    name: "main",
    image: "example.com/main:1",
    securityContext: confined,
    ...overrides,
  });
  /** One container whose security context is that of the strictest level, with changes. */
  const having = (securityContext: Block, overrides: Block = {}) =>
    spec({ containers: [container({ securityContext: { ...confined, ...securityContext }, ...overrides })] });
  const pod = (overrides: Block) => ({ ...podSpec().securityContext, ...overrides });
  const builder = (securityContext: Block = {}, overrides: Block = {}) =>
    container({
      name: "buildkit",
      image: buildkit,
      securityContext: { ...unconfined, runAsUser: 1000, ...securityContext },
      ...overrides,
    });

  it("all is of the kinds and fields that the API server knows, and every rule has the right types", async () => {
    expect(buildkit).to.not.equal("");
    const looked = async () => {
      const { items } = JSON.parse(
        await ask(cluster, "get", "validatingadmissionpolicies", "-o", "json"),
      ) as { items: { metadata: { name: string }; status?: { typeChecking?: unknown } }[] };
      return items.map(({ metadata, status }) => [metadata.name, status?.typeChecking] as const);
    };
    // A controller looks at each a moment after it is made.
    while ((await looked()).some(([, said]) => said === undefined)) await wait(50);
    // An empty answer is one without a warning.
    expect(await looked()).to.deep.equal([
      ["pods-of-builds", {}],
      ["pods-of-deploys", {}],
      ["pods-of-jenkins", {}],
    ]);
  });

  const taken: Readonly<Record<string, () => object>> = {
    "a pod with nothing special": () => spec(),
    "a pod with BuildKit, unconfined, beside a confined container": () =>
      spec({ containers: [container(), builder()] }),
    "a pod with BuildKit as a sidecar that starts first": () =>
      spec({ initContainers: [builder({}, { restartPolicy: "Always" })] }),
    "BuildKit with no capabilities but the two it needs": () =>
      spec({ containers: [builder({ capabilities: { drop: ["ALL"], add: ["SETUID", "SETGID"] } })] }),
    "folders that end with the pod": () =>
      spec({
        volumes: [
          { name: "work", emptyDir: {} },
          { name: "settings", configMap: { name: "settings" } },
        ],
      }),
  };
  for (const [what, make] of Object.entries(taken)) {
    it(`builds may have ${what}`, async () => {
      expect(await attempt(cluster, podOf("build", make(), "builds"))).to.equal("");
    });
  }

  const refused: Readonly<Record<string, readonly [make: () => object, why: string]>> = {
    "the profiles of BuildKit for another image": [
      () => spec({ containers: [builder({}, { image: "example.com/buildkit:1" })] }),
      "allowPrivilegeEscalation: false",
    ],
    "BuildKit by its tag alone": [
      () => spec({ containers: [builder({}, { image: buildkit.replace(/@.*/, "") })] }),
      "allowPrivilegeEscalation: false",
    ],
    "another seccomp profile": [
      () => having({ seccompProfile: { type: "Unconfined" } }),
      "but the builder's has a seccompProfile",
    ],
    "no seccomp profile": [
      () => spec({ securityContext: { runAsNonRoot: true } }),
      "but the builder's has a seccompProfile",
    ],
    "another AppArmor profile": [
      () => having({ appArmorProfile: { type: "Unconfined" } }),
      "no container here but the builder's has another appArmorProfile",
    ],
    "a pod that is unconfined as a whole": [
      () =>
        spec({
          securityContext: pod({ appArmorProfile: { type: "Unconfined" } }),
          containers: [
            container({ securityContext: { ...confined, appArmorProfile: { type: "RuntimeDefault" } } }),
          ],
        }),
      "no pod here is unconfined as a whole",
    ],
    "another service account": [() => spec({ serviceAccountName: "other" }), "service accounts: builder"],
    "no service account": [() => spec({ serviceAccountName: undefined }), "service accounts: builder"],
    "another pool": [
      () => spec({ nodeSelector: { pool: "controller" } }),
      "nodeSelector.pool, one of: builds",
    ],
    "the priority of the platform": [
      () => spec({ priorityClassName: "platform" }),
      "priorityClassName, one of: batch",
    ],
    "the priority of the system": [
      () => spec({ priorityClassName: "system-cluster-critical" }),
      "priorityClassName, one of: batch",
    ],
    "the priority of services": [
      () => spec({ priorityClassName: undefined }),
      "priorityClassName, one of: batch",
    ],
    "no pool": [() => spec({ nodeSelector: undefined }), "nodeSelector.pool, one of: builds"],
    "a privileged container": [
      () => having({ privileged: true, allowPrivilegeEscalation: undefined }),
      "no container here is privileged",
    ],
    "a privileged BuildKit": [
      () => spec({ containers: [builder({ privileged: true })] }),
      "no container here is privileged",
    ],
    "an init container that is privileged": [
      () => spec({ initContainers: [container({ name: "first", securityContext: { privileged: true } })] }),
      "no container here is privileged",
    ],
    "setuid programs": [() => having({ allowPrivilegeEscalation: true }), "allowPrivilegeEscalation: false"],
    "the capabilities that containers have anyway": [
      () => having({ capabilities: undefined }),
      'drops the capabilities ["ALL"]',
    ],
    "a capability": [
      () => having({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } }),
      "no container here adds capabilities",
    ],
    "a capability for BuildKit": [
      () => spec({ containers: [builder({ capabilities: { add: ["SYS_ADMIN"] } })] }),
      "no container here adds capabilities",
    ],
    "a container that may be root": [
      () => spec({ securityContext: pod({ runAsNonRoot: undefined }) }),
      "runAsNonRoot: true",
    ],
    "user 0": [() => having({ runAsUser: 0 }), "no container here runs as user 0"],
    "user 0 for the whole pod": [() => spec({ securityContext: pod({ runAsUser: 0 }) }), "runs as user 0"],
    "BuildKit as user 0": [() => spec({ containers: [builder({ runAsUser: 0 })] }), "runs as user 0"],
    "the network of the host": [() => spec({ hostNetwork: true }), "no namespace of the host"],
    "the processes of the host": [() => spec({ hostPID: true }), "no namespace of the host"],
    "the memory of the host": [() => spec({ hostIPC: true }), "no namespace of the host"],
    "a port of the host": [
      () => having({}, { ports: [{ containerPort: 8080, hostPort: 8080 }] }),
      "no port of the host",
    ],
    "a folder of the host": [
      () => spec({ volumes: [{ name: "host", hostPath: { path: "/" } }] }),
      "volumes here are one of",
    ],
    "a disk": [
      () => spec({ volumes: [{ name: "disk", persistentVolumeClaim: { claimName: "disk" } }] }),
      "volumes here are one of",
    ],
    "a probe of another host": [
      () => having({}, { readinessProbe: { httpGet: { host: "169.254.169.254", port: 80 } } }),
      "ask no other host",
    ],
    "a hook that asks another host": [
      () => having({}, { lifecycle: { preStop: { httpGet: { host: "169.254.169.254", port: 80 } } } }),
      "ask no other host",
    ],
    "a sysctl": [
      () => spec({ securityContext: pod({ sysctls: [{ name: "kernel.shm_rmid_forced", value: "1" }] }) }),
      "set no sysctls",
    ],
    "SELinux options": [() => having({ seLinuxOptions: { level: "s0:c1" } }), "set no SELinux options"],
    "a process of a Windows host": [
      () => spec({ hostNetwork: true, securityContext: pod({ windowsOptions: { hostProcess: true } }) }),
      "no namespace of the host",
    ],
    "the unmasked /proc": [() => having({ procMount: "Unmasked" }), "procMount"],
  };
  for (const [what, [make, why]] of Object.entries(refused)) {
    it(`builds may not have ${what}`, async () => {
      expect(await attempt(cluster, podOf("build", make(), "builds"))).to.contain(why);
    });
  }

  it("builds may not have a container that is unconfined by annotation, unless it is BuildKit", async () => {
    const annotated = (spec: object, name: string) => ({
      ...podOf("build", spec, "builds"),
      metadata: {
        name: "build",
        namespace: "builds",
        annotations: { [`container.apparmor.security.beta.kubernetes.io/${name}`]: "unconfined" },
      },
    });
    expect(await attempt(cluster, annotated(spec(), "main"))).to.contain("another appArmorProfile");
    const ofBuilder = spec({ containers: [builder({ appArmorProfile: undefined })] });
    expect(await attempt(cluster, annotated(ofBuilder, "buildkit"))).to.equal("");
  });

  it("a build pod cannot become what it could not begin as", async () => {
    const made = podOf("running", spec({ containers: [container(), builder()] }), "builds");
    expect((await applyStrictly(cluster, [made])).exitCode).to.equal(0);
    const image = await kubectl(cluster, [
      "set",
      "image",
      "pod/running",
      "buildkit=example.com/anything:1",
      "--namespace=builds",
    ]);
    expect(image.stderr).to.contain("allowPrivilegeEscalation: false");

    const added = async (ephemeral: Block) => {
      const running = JSON.parse(
        await ask(cluster, "get", "pod", "running", "--namespace=builds", "-o", "json"),
      ) as { spec: Block };
      const path = "/api/v1/namespaces/builds/pods/running/ephemeralcontainers";
      running.spec["ephemeralContainers"] = [{ ...ephemeral, name: "added" }];
      const { stderr } = await kubectl(cluster, ["replace", `--raw=${path}`, "-f", "-"], {
        input: JSON.stringify(running),
      });
      return stderr;
    };
    expect(await added(container({ securityContext: { ...confined, ...unconfined } }))).to.contain(
      "has a seccompProfile",
    );
    expect(await added(builder())).to.contain("allowPrivilegeEscalation: false");
    expect(await added(container()))
      .to.not.contain("Forbidden")
      .and.not.contain("denied");
    const { stdout } = await kubectl(cluster, ["get", "pod/running", "--namespace=builds", "-o", "json"]);
    expect(stdout).to.contain('"ephemeralContainers"');
  });

  it("a pod that the rules took before they changed is still cleaned up, and changed no further", async () => {
    const old = podOf("old", spec({ containers: [container(), builder()] }), "builds");
    const kept = { ...old, metadata: { ...old.metadata, finalizers: ["example.com/log"] } };
    expect((await applyStrictly(cluster, [kept])).exitCode).to.equal(0);
    const policy = objects.find(
      ({ kind, metadata }) => kind === "ValidatingAdmissionPolicy" && metadata.name === "pods-of-builds",
    );
    const digest = `sha256:${"0".repeat(64)}`;
    const next = JSON.parse(JSON.stringify(policy).replace(/sha256:[0-9a-f]{64}/g, digest)) as object;
    expect((await applyStrictly(cluster, [next])).exitCode).to.equal(0);
    await untilRefused(cluster, podOf("new", spec({ containers: [builder()] }), "builds"));

    const change = (...args: string[]) => kubectl(cluster, [...args, "--namespace=builds"]);
    expect((await change("label", "pod/old", "seen=true")).stderr).to.not.contain("denied");
    expect((await change("set", "image", "pod/old", "main=example.com/main:2")).stderr).to.contain(
      "allowPrivilegeEscalation: false",
    );
    expect(
      (await change("delete", "pod/old", "--wait=false", "--grace-period=0", "--force")).exitCode,
    ).to.equal(0);
    const patch = JSON.stringify({ metadata: { finalizers: null } });
    expect((await change("patch", "pod/old", `--patch=${patch}`)).stderr).to.not.contain("denied");
    expect((await change("get", "pods", "-o", "name")).stdout).to.not.contain("pod/old");

    expect((await applyStrictly(cluster, policy ? [policy] : [])).exitCode).to.equal(0);
    while ((await attempt(cluster, podOf("new", spec({ containers: [builder()] }), "builds"))) !== "") {
      await wait(50);
    }
  });

  it("whoever asks for less than the strictest level is warned", async () => {
    const pod = podOf("warned", spec({ containers: [builder()] }), "builds");
    const { stderr } = await kubectl(cluster, ["create", "--dry-run=server", "-f", "-"], {
      input: JSON.stringify(pod),
    });
    expect(stderr).to.contain('would violate PodSecurity "restricted:latest"');
  });

  it("deploys run as the account of their target, on their pool, and confined", async () => {
    const deploy = (overrides: Block) =>
      podOf(
        "deploy",
        podSpec({ serviceAccountName: "staging", nodeSelector: { pool: "deploys" }, ...overrides }),
        "deploys",
      );
    expect(await attempt(cluster, deploy({}))).to.equal("");
    expect(await attempt(cluster, deploy({ serviceAccountName: "other" }))).to.contain(
      "service accounts: staging, production, popups",
    );
    expect(await attempt(cluster, deploy({ nodeSelector: { pool: "builds" } }))).to.contain(
      "one of: deploys",
    );
    for (const priorityClassName of ["platform", "batch", "system-node-critical"]) {
      expect(await attempt(cluster, deploy({ priorityClassName }))).to.contain("one of: standard");
    }
    expect(await attempt(cluster, deploy({ containers: [builder()] }))).to.contain(
      'violates PodSecurity "restricted:latest"',
    );
  });

  it("pipelines keep no disk", async () => {
    for (const namespace of ["builds", "deploys"]) {
      expect(await attempt(cluster, claim(namespace))).to.contain("exceeded quota: capacity");
    }
  });

  it("every rule has refused something above, in its own words", () => {
    const policy = objects.find(
      ({ kind, metadata }) => kind === "ValidatingAdmissionPolicy" && metadata.name === "pods-of-builds",
    );
    const { validations } = policy?.spec as { validations: { message: string }[] };
    const reasons = Object.values(refused).map(([, why]) => why);
    const idle = validations.filter(({ message }) => !reasons.some((why) => message.includes(why)));
    expect(idle.map(({ message }) => message)).to.deep.equal([]);
  });
});

describe("in a cluster that runs the product,", () => {
  let cluster: ControlPlane;

  before(async () => {
    ({ cluster } = await start("staging"));
    await untilRefused(cluster, podOf("first", podSpec({ priorityClassName: "platform" }), "staging"));
  });
  after(async () => {
    await cluster.stop();
    removeFolders();
  });

  const asking = (resources: Block) => podSpec({ containers: [{ ...podSpec().containers[0], resources }] });
  const read = async (pod: object): Promise<Block> => {
    const { stdout, stderr } = await kubectl(
      cluster,
      ["create", "--dry-run=server", "-o", "json", "-f", "-"],
      { input: JSON.stringify(pod) },
    );
    expect(stderr).to.equal("");
    return (JSON.parse(stdout) as { spec: Block }).spec;
  };

  it("a privileged pod is refused, with the reason", async () => {
    const privileged = podSpec({
      containers: [{ name: "main", image: "example.com/main:1", securityContext: { privileged: true } }],
    });
    expect(await attempt(cluster, podOf("root", privileged, "staging"))).to.contain(
      'violates PodSecurity "restricted:latest": privileged',
    );
  });

  it("a container that requests nothing gets requests, and a limit of its memory", async () => {
    const { containers } = await read(podOf("modest", podSpec(), "staging"));
    expect((containers as { resources: unknown }[])[0]?.resources).to.deep.equal({
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { memory: "256Mi" },
    });
  });

  it("a container that requests more memory than that has to say where its limit is", async () => {
    const requests = { memory: "1Gi" };
    expect(await attempt(cluster, podOf("silent", asking({ requests }), "staging"))).to.contain(
      "must be less than or equal to memory limit of 256Mi",
    );
    const said = podOf("said", asking({ requests, limits: requests }), "staging");
    expect(await attempt(cluster, said)).to.equal("");
  });

  it("what could never run is refused at once", async () => {
    const greedy = podOf("greedy", asking({ requests: { cpu: "37" } }), "staging");
    expect(await attempt(cluster, greedy))
      .to.contain("exceeded quota: capacity")
      .and.contain("limited: requests.cpu=36");
    const fitting = podOf("fitting", asking({ requests: { cpu: "36" } }), "staging");
    expect(await attempt(cluster, fitting)).to.equal("");
  });

  it("a service has no load balancer and no port of the nodes of its own", async () => {
    const service = (type: string) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web", namespace: "staging" },
      spec: { type, selector: { app: "web" }, ports: [{ port: 80 }] },
    });
    expect(await attempt(cluster, service("LoadBalancer"))).to.contain("exceeded quota: capacity");
    expect(await attempt(cluster, service("NodePort"))).to.contain("exceeded quota: capacity");
    expect(await attempt(cluster, service("ClusterIP"))).to.equal("");
  });

  it("no pod gets a token of the API server by itself, as it would elsewhere", async () => {
    const volumes = async (namespace: string) => (await read(podOf("main", podSpec(), namespace)))["volumes"];
    expect(await volumes("staging")).to.equal(undefined);
    expect(JSON.stringify(await volumes("default"))).to.contain("serviceAccountToken");
  });

  it("a pod that names no class goes before builds and after the platform", async () => {
    const spec = await read(podOf("main", podSpec(), "staging"));
    expect(spec["priorityClassName"]).to.equal("standard");
    expect(spec["priority"]).to.equal(100_000);
  });

  it("a pod of a service may go after the others, and never before them", async () => {
    const going = (priorityClassName: string) =>
      attempt(cluster, podOf("main", podSpec({ priorityClassName }), "staging"));
    for (const allowed of ["standard", "batch"]) expect(await going(allowed)).to.equal("");
    for (const refused of ["platform", "system-cluster-critical", "system-node-critical"]) {
      expect(await going(refused)).to.contain("priorityClassName, one of: standard, batch");
    }
  });

  it("a claim that names no class gets a disk with the environment's label, before GKE's own", async () => {
    const { storageClassName } = await read(claim("staging"));
    expect(storageClassName).to.equal("platform-standard");
    const parameters = await ask(
      cluster,
      "get",
      "storageclass",
      "platform-standard",
      "-o",
      "jsonpath={.parameters}",
    );
    expect(JSON.parse(parameters)).to.include({ labels: "environment=staging" });
  });
});
