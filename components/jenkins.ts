import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as core from "@pulumi/kubernetes/core/v1";
// By its file: the index of the folder loads all of the SDK for rendering charts, on every run.
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";

import { cascText } from "./jenkins/casc";
import { clouds, type CloudsArgs } from "./jenkins/clouds";
import { jobs, type JobsArgs } from "./jenkins/jobs";
import { healthCheck, route } from "./jenkins/route";
import { controllerName, jenkinsValues, reloadLabel, type ValuesArgs } from "./jenkins/values";
import { wayToJenkins } from "./traffic";

export interface JenkinsArgs extends Omit<ValuesArgs, "account" | "url"> {
  /** Namespace of the controller, in plain text: agents find it by a name with it. */
  namespaceName: string;
  /** The same, known once it is there; what guards it is among `needs`. */
  namespace: pulumi.Input<string>;
  /** The chart: `https://REPOSITORY` by its name, or `oci://HOST/PATH/jenkins`. */
  chart: { name: string; repository?: string };
  clouds: CloudsArgs;
  jobs: JobsArgs;
  /** Namespaces of pods that call it. */
  agentNamespaces: readonly string[];
  /** Name by which people and GitHub find it, behind the gateway of its namespace. */
  hostname: string;
  gateway: pulumi.Input<string>;
  /**
   * Whether it is there itself, or only all that it needs: it does not start before its secrets have values, and is taken
   * back when it does not start.
   */
  installed: boolean;
  /** What has to be there before it starts, and what no value names. */
  needs: readonly pulumi.Resource[];
}

/**
 * Jenkins, configured from here alone: one Helm release of an exact version with all its plugins, and ConfigMaps with
 * jobs and clouds that it loads without a restart. The controller builds nothing.
 *
 * Destroying it keeps the disk of its home where the storage class says so; the history of builds is all that is on it
 * and nowhere else.
 */
export class Jenkins extends pulumi.ComponentResource {
  /** Kubernetes account of the controller, known once it may read what it needs. */
  public readonly account: pulumi.Output<string>;

  constructor(name: string, args: JenkinsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Jenkins", name, {}, opts);

    const { namespace } = args;
    const metadata = { name: controllerName, namespace };
    const account = new core.ServiceAccount(name, { metadata }, { parent: this });
    const role = new rbac.Role(name, { metadata, rules: controllerRules }, { parent: this });
    const binding = new rbac.RoleBinding(
      name,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace: args.namespaceName }],
      },
      { parent: this },
    );
    const controller = { name: controllerName, namespace: args.namespaceName };
    const loaded = Object.entries({ clouds: clouds(args.clouds, controller), jobs: jobs(args.jobs) }).map(
      ([part, configuration]) =>
        new core.ConfigMap(
          `${name}-${part}`,
          {
            metadata: { name: `${controllerName}-${part}`, namespace, labels: reloadLabel },
            data: { [`${part}.yaml`]: pulumi.output(configuration).apply(cascText) },
          },
          { parent: this },
        ),
    );
    const where = { namespace, service: controllerName };
    new networking.NetworkPolicy(
      name,
      { metadata: { name: "allow-agents", namespace }, spec: wayToJenkins.in(...args.agentNamespaces) },
      { parent: this },
    );
    new CustomResource(`${name}-health`, healthCheck(where), { parent: this });
    new CustomResource(`${name}-route`, route({ ...where, ...args }), { parent: this });
    this.account = binding.metadata.apply(() => controllerName);
    this.registerOutputs({ account: this.account });
    if (!args.installed) return;

    new Release(
      name,
      {
        name: controllerName,
        namespace,
        chart: args.chart.name,
        ...(args.chart.repository !== undefined && { repositoryOpts: { repo: args.chart.repository } }),
        version: args.release.chart,
        values: jenkinsValues({ ...args, url: `https://${args.hostname}`, account: controllerName }),
        ...releasePolicy,
      },
      // Hidden: the pod lists ConfigMaps at its start by a right of its account, and no value names either.
      { parent: this, dependsOn: [account, binding, ...loaded, ...args.needs] },
    );
  }
}

/** All or nothing; the first start downloads every plugin before anything answers. */
const releasePolicy = { atomic: true, timeout: 1200, maxHistory: 10, createNamespace: false };

/** What its account may, in its own namespace alone: load its configuration, and its credentials as they change. */
const controllerRules = ["configmaps", "secrets"].map((resource) => ({
  apiGroups: [""],
  resources: [resource],
  verbs: ["get", "list", "watch"],
}));
