import * as admission from "@pulumi/kubernetes/admissionregistration/v1";
import * as pulumi from "@pulumi/pulumi";

/** What every pod of a namespace must hold. */
export interface PodRule {
  /** CEL over `object`, the pod, and the lists of `containerLists`. */
  readonly holds: string;
  /** What is wrong with a pod for which it does not hold. */
  readonly otherwise: string;
}

export interface PodPolicyArgs {
  /** The namespace whose pods it judges; it need not exist yet. */
  namespace: string;
  rules: readonly PodRule[];
}

/**
 * Rules for the pods of one namespace that the API server enforces itself, whoever makes them.
 *
 * It judges pods and not what makes them: a Deployment is taken, and its events say why it has no pods.
 */
export class PodPolicy extends pulumi.ComponentResource {
  /** Name of the binding, known once the policy is in force. */
  public readonly binding: pulumi.Output<string>;

  constructor(name: string, args: PodPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:PodPolicy", name, {}, opts);

    const metadata = { name: `pods-of-${args.namespace}` };
    const policy = new admission.ValidatingAdmissionPolicy(
      name,
      { metadata, spec: policySpec(args) },
      { parent: this },
    );
    const binding = new admission.ValidatingAdmissionPolicyBinding(
      name,
      {
        metadata,
        spec: { policyName: policy.metadata.name, validationActions: ["Deny", "Audit"] },
      },
      { parent: this },
    );

    this.binding = binding.metadata.name;
    this.registerOutputs({ binding: this.binding });
  }
}

/** All lists of containers that a pod has; each may have fields that the others lack. */
export const containerLists = {
  main: "object.spec.containers",
  init: "variables.initContainers",
  ephemeral: "variables.ephemeralContainers",
} as const;

export function policySpec({ namespace, rules }: PodPolicyArgs) {
  return {
    failurePolicy: "Fail",
    matchConstraints: {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
      resourceRules: [
        {
          apiGroups: [""],
          apiVersions: ["v1"],
          // An update may change the image of a container, and the second adds one to a pod that runs.
          operations: ["CREATE", "UPDATE"],
          resources: ["pods", "pods/ephemeralcontainers"],
        },
      ],
    },
    // A pod that ran before the rules changed can still lose its finalizers; what it is can change within the rules only.
    matchConditions: [
      {
        name: "made-or-changed",
        expression: "request.operation != 'UPDATE' || object.spec != oldObject.spec",
      },
    ],
    variables: [
      { name: "initContainers", expression: "object.spec.?initContainers.orValue([])" },
      { name: "ephemeralContainers", expression: "object.spec.?ephemeralContainers.orValue([])" },
    ],
    validations: rules.map(({ holds, otherwise }) => ({
      expression: holds,
      message: otherwise,
      reason: "Forbidden",
    })),
  };
}
