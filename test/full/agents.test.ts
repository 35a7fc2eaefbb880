/**
 * What Jenkins may start in the cluster that builds, as the accounts that it has there and with the pods that it is
 * configured with, on a real API server.
 *
 * Not proven here: that Jenkins asks so (the Kubernetes plugin adds a volume and variables, which are added here by its
 * documentation), and that the images run.
 */
import { expect } from "chai";
import { parse } from "yaml";

import { kubectl } from "../../local/clusters/commands";
import type { ControlPlane } from "../../local/clusters/control-plane";
import { install } from "../../local/gke/install";
import { ask, removeFolders, startTemporary } from "../support/clusters";
import { everyFeature } from "../support/features";
import { applyStrictly, kubernetesObjects } from "../support/recorded-objects";
import { recordEnvironment, type Recording } from "../support/recorder";

interface Template {
  readonly label: string;
  readonly yaml: string;
}
interface Cloud {
  readonly kubernetes: { readonly namespace: string; readonly templates: readonly Template[] };
}
interface Pod {
  readonly spec: { containers: { name: string; volumeMounts?: object[] }[]; volumes?: object[] };
}

/** The account that starts pods in each namespace, by where both are. */
const starters = {
  builds: "system:serviceaccount:jenkins:jenkins",
  deploys: "system:serviceaccount:jenkins:deploy-agents",
};

describe("in the cluster that builds, Jenkins", () => {
  let cluster: ControlPlane;
  let ci: Recording;

  before(async () => {
    ci = await recordEnvironment("ci");
    cluster = await startTemporary();
    await install(cluster.api, everyFeature);
    const { stderr } = await applyStrictly(cluster, kubernetesObjects(ci));
    expect(stderr).to.equal("");
    // A policy holds a moment after it is made.
    const anybodys = changed(podOf("service-build"), (spec) => ({ ...spec, serviceAccountName: "default" }));
    await untilRefused("builds", anybodys);
    const anyTarget = changed(podOf("deploy-staging"), (spec) => ({
      ...spec,
      serviceAccountName: "default",
    }));
    await untilRefused("deploys", anyTarget);
  });
  after(async () => {
    await cluster.stop();
    removeFolders();
  });

  function clouds(): Cloud[] {
    const map = ci.one("kubernetes:core/v1:ConfigMap", "jenkins-clouds").inputs["data"] as Record<
      string,
      string
    >;
    return (parse(map["clouds.yaml"] ?? "") as { jenkins: { clouds: Cloud[] } }).jenkins.clouds;
  }

  /** As the plugin makes it: the folder of the work in every container, and a name. */
  function podOf(label: string): Pod {
    const template = clouds()
      .flatMap(({ kubernetes }) => kubernetes.templates)
      .find((one) => one.label === label);
    const pod = parse((template?.yaml ?? "").replaceAll("^${", "${")) as Pod;
    const { containers, volumes = [] } = pod.spec;
    return {
      ...pod,
      spec: {
        ...pod.spec,
        containers: containers.map((container) => ({
          ...container,
          volumeMounts: [
            ...(container.volumeMounts ?? []),
            { name: "workspace-volume", mountPath: "/home/jenkins/agent" },
          ],
        })),
        volumes: [...volumes, { name: "workspace-volume", emptyDir: {} }],
      },
    };
  }

  function changed(pod: Pod, change: (spec: Pod["spec"]) => object): Pod {
    return { ...pod, spec: change(pod.spec) as Pod["spec"] };
  }

  /** Why an account may not make a pod in a namespace; empty where it may. Nothing is made. */
  async function create(namespace: string, pod: Pod, as: string): Promise<string> {
    const { exitCode, stderr } = await kubectl(
      cluster,
      ["create", "--dry-run=server", "--validate=strict", `--as=${as}`, "-f", "-"],
      { input: JSON.stringify({ ...pod, metadata: { name: "agent", namespace } }) },
    );
    return exitCode === 0 ? "" : stderr;
  }

  /** Waits while a policy that was just made does not hold yet. */
  async function untilRefused(namespace: keyof typeof starters, pod: Pod): Promise<void> {
    for (let tries = 0; tries < 60; tries += 1) {
      if ((await create(namespace, pod, starters[namespace])) !== "") return;
    }
    throw new Error(`${namespace} takes pods of any account`);
  }

  /** Whether an account may do a thing: a verb, a resource with its subresource, and where. */
  async function may(as: string, verb: string, resource: string, where: string): Promise<boolean> {
    const [kind = "", subresource = ""] = resource.split("/");
    const { stdout } = await kubectl(cluster, [
      "auth",
      "can-i",
      verb,
      kind,
      ...(subresource === "" ? [] : [`--subresource=${subresource}`]),
      `--as=${as}`,
      where,
    ]);
    return stdout.trim() === "yes";
  }

  const labels = {
    builds: ["", "-postgres", "-redis", "-postgres-redis"].map((stores) => `service-build${stores}`),
    deploys: ["staging", "production", "popups", "preview", "rehearsal"].map((target) => `deploy-${target}`),
  };
  for (const [namespace, own] of Object.entries(labels) as ["builds" | "deploys", string[]][]) {
    it(`is configured with these pods for ${namespace}, and no others`, () => {
      const templates = clouds()
        .filter(({ kubernetes }) => kubernetes.namespace === namespace)
        .flatMap(({ kubernetes }) => kubernetes.templates);
      expect(templates.map(({ label }) => label)).to.have.members(own);
    });
    for (const label of own) {
      it(`starts ${label}: every rule of the namespace lets it pass`, async () => {
        expect(await create(namespace, podOf(label), starters[namespace])).to.equal("");
      });
    }
  }

  it("starts no deploy pod as itself, and builds with no account of deploys", async () => {
    const forbidden = (who: string) =>
      new RegExp(`User "system:serviceaccount:jenkins:${who}" cannot create`);
    expect(await create("deploys", podOf("deploy-staging"), starters.builds)).to.match(forbidden("jenkins"));
    expect(await create("builds", podOf("service-build"), starters.deploys)).to.match(
      forbidden("deploy-agents"),
    );
  });

  it("starts no pod where it is itself, nor anywhere else", async () => {
    for (const as of Object.values(starters)) {
      for (const namespace of ["jenkins", "default", "kube-system"]) {
        expect(await may(as, "create", "pods", `--namespace=${namespace}`), `${as} ${namespace}`).to.equal(
          false,
        );
      }
      expect(await may(as, "create", "pods", "--all-namespaces")).to.equal(false);
    }
  });

  const escalations: Readonly<Record<string, readonly [change: (spec: Pod["spec"]) => object, why: RegExp]>> =
    {
      "beside itself": [
        (spec) => ({ ...spec, nodeSelector: { pool: "controller" } }),
        /choose their nodes by nodeSelector.pool, one of: deploys/,
      ],
      "as who reads the key that commits": [
        (spec) => ({ ...spec, serviceAccountName: "deploys-secrets" }),
        /run as one of these service accounts/,
      ],
      "with a folder of the node": [
        (spec) => ({
          ...spec,
          volumes: [...(spec.volumes ?? []), { name: "host", hostPath: { path: "/" } }],
        }),
        /hostPath/,
      ],
    };
  for (const [what, [change, why]] of Object.entries(escalations)) {
    it(`starts no deploy pod ${what}`, async () => {
      expect(await create("deploys", changed(podOf("deploy-staging"), change), starters.deploys)).to.match(
        why,
      );
    });
  }

  it("starts no build pod as another account, near the controller, or with another container unconfined", async () => {
    const refused = async (change: (spec: Pod["spec"]) => object) =>
      create("builds", changed(podOf("service-build"), change), starters.builds);
    expect(await refused((spec) => ({ ...spec, serviceAccountName: "default" }))).to.match(
      /service accounts: builder/,
    );
    expect(await refused((spec) => ({ ...spec, nodeSelector: { pool: "controller" } }))).to.match(
      /nodeSelector.pool, one of: builds/,
    );
    const unconfined = (spec: Pod["spec"]) => ({
      ...spec,
      containers: spec.containers.map((container) =>
        container.name === "build"
          ? { ...container, securityContext: { seccompProfile: { type: "Unconfined" } } }
          : container,
      ),
    });
    expect(await refused(unconfined)).to.match(/but the builder's/);
  });

  it("reads the Secrets where it is, and none of those that pipelines' pods have", async () => {
    expect(await may(starters.builds, "list", "secrets", "--namespace=jenkins")).to.equal(true);
    for (const namespace of ["builds", "deploys", "kube-system"]) {
      for (const as of Object.values(starters)) {
        expect(await may(as, "get", "secrets", `--namespace=${namespace}`), `${as} ${namespace}`).to.equal(
          false,
        );
      }
    }
    expect(await may(starters.deploys, "get", "secrets", "--namespace=jenkins")).to.equal(false);
  });

  it("replaces no pod that is there, and gives nobody a right", async () => {
    for (const [namespace, as] of Object.entries(starters)) {
      for (const [verb, resource] of [
        ["update", "pods"],
        ["create", "pods/ephemeralcontainers"],
        ["create", "rolebindings"],
        ["create", "serviceaccounts/token"],
        ["create", "secrets"],
        ["create", "persistentvolumeclaims"],
      ] as const) {
        expect(
          await may(as, verb, resource, `--namespace=${namespace}`),
          `${as} ${verb} ${resource}`,
        ).to.equal(false);
      }
    }
  });

  it("runs steps in its pods, reads what they print, and ends them", async () => {
    for (const [namespace, as] of Object.entries(starters)) {
      for (const [verb, resource] of [
        ["create", "pods/exec"],
        ["get", "pods/log"],
        ["watch", "pods"],
        ["delete", "pods"],
        // Says every minute that the pod is in use; what nobody says so of is collected as garbage.
        ["patch", "pods"],
      ] as const) {
        expect(
          await may(as, verb, resource, `--namespace=${namespace}`),
          `${as} ${verb} ${resource}`,
        ).to.equal(true);
      }
    }
  });

  it("has a token for who starts deploy pods, which is that account's", async () => {
    const read = () =>
      ask(cluster, "get", "secret", "deploy-agents", "--namespace=jenkins", "-o", "jsonpath={.data.token}");
    let token = "";
    while (token === "") token = await read();
    const { stdout } = await kubectl(
      cluster,
      ["create", "-o", "jsonpath={.status.user.username}", "-f", "-"],
      {
        input: JSON.stringify({
          apiVersion: "authentication.k8s.io/v1",
          kind: "TokenReview",
          spec: { token: Buffer.from(token, "base64").toString() },
        }),
      },
    );
    expect(stdout).to.equal(starters.deploys);
  });
});
