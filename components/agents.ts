import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";

import { dockerConfig, dockerConfigName } from "./agents/docker-client";
import { KubernetesAccount } from "./kubernetes-account";
import { wayToJenkins } from "./traffic";

export interface AgentsArgs {
  /** Namespace of their pods. */
  namespace: pulumi.Input<string>;
  /** E-mail of the Google account of each Kubernetes account that pods run as. */
  accounts: Readonly<Record<string, pulumi.Input<string>>>;
  /** Host of the registry that they push to and pull from. */
  registryHost: string;
  /**
   * Who starts them.
   * @default nobody does
   */
  jenkins?: {
    /** Namespace of the controller, which the pods call. */
    namespace: string;
    /** Kubernetes account there that starts and ends pods, and runs steps in them. */
    starter: string;
  };
}

/** What the pods of pipelines in one namespace find there, and who may start them. */
export class Agents extends pulumi.ComponentResource {
  constructor(name: string, args: AgentsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Agents", name, {}, opts);

    const { namespace, jenkins } = args;
    for (const [account, googleAccount] of Object.entries(args.accounts)) {
      new KubernetesAccount(account, { namespace, googleAccount }, { parent: this });
    }
    new core.ConfigMap(
      name,
      { metadata: { name: dockerConfigName, namespace }, data: dockerConfig(args.registryHost) },
      { parent: this },
    );
    if (jenkins) {
      const metadata = { name: "agents", namespace };
      const role = new rbac.Role(name, { metadata, rules: starterRules }, { parent: this });
      new rbac.RoleBinding(
        name,
        {
          metadata,
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
          subjects: [{ kind: "ServiceAccount", name: jenkins.starter, namespace: jenkins.namespace }],
        },
        { parent: this },
      );
      new networking.NetworkPolicy(
        name,
        { metadata: { name: "allow-jenkins", namespace }, spec: wayToJenkins.out(jenkins.namespace) },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}

/**
 * What the Kubernetes plugin asks for: its pods, what they print, and running a step in a container of one. No claims
 * and no Secrets. It writes into each pod every minute that it is in use, or collects it as garbage: what a change may
 * make of a pod is a matter of the namespace's rules, as is what a new one may be.
 * https://github.com/jenkinsci/kubernetes-plugin/blob/master/src/main/kubernetes/service-account.yml
 */
const starterRules = [
  { apiGroups: [""], resources: ["pods"], verbs: ["create", "delete", "get", "list", "patch", "watch"] },
  // A command in a container is asked for by one of the two, depending on how the client connects.
  { apiGroups: [""], resources: ["pods/exec"], verbs: ["create", "get"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["events"], verbs: ["get", "list", "watch"] },
];
