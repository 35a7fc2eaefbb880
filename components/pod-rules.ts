import { containerLists, type PodRule } from "./pod-policy";
import type { Priority } from "./priority-classes";

/**
 * Which pods the pods of a namespace may go before. The API server lets every pod take every class, those of the
 * system too, and writes the default into a pod that names none before it asks.
 */
export function priorityRule(allowed: readonly Priority[]): PodRule {
  return {
    holds: `object.spec.?priorityClassName.orValue("") in ${list(allowed)}`,
    otherwise: `pods here have a priorityClassName, one of: ${allowed.join(", ")}`,
  };
}

export interface PlaceRules {
  /** Service accounts that pods may run as. */
  accounts: readonly string[];
  /** Node pools that pods may run on, one of which each pod has to choose. */
  pools: readonly string[];
}

/**
 * Who the pods of a namespace may be and where they may run.
 *
 * Whoever writes a pipeline writes the pod it runs in: without these rules also a pod with the account of somebody
 * else, or one beside the controller.
 */
export function placeRules({ accounts, pools }: PlaceRules): PodRule[] {
  return [
    {
      holds: `object.spec.?serviceAccountName.orValue("default") in ${list(accounts)}`,
      otherwise: `pods here run as one of these service accounts: ${accounts.join(", ")}`,
    },
    {
      holds: `object.spec.?nodeSelector[?"pool"].orValue("") in ${list(pools)}`,
      otherwise: `pods here choose their nodes by nodeSelector.pool, one of: ${pools.join(", ")}`,
    },
  ];
}

export interface BuilderException {
  /** The one image, with its digest, that may run without the profiles that confine a container. */
  image: string;
  /** The service account that its pods run as. */
  account: string;
}

/**
 * The restricted level of the Pod Security Standards for all but one image, which builds images without being root.
 *
 * Rootless BuildKit makes a user namespace and mounts inside it, which the default seccomp and AppArmor profiles
 * forbid, with the help of two setuid programs. Pod Security has no exception for an image, so the namespace has to
 * allow everything and these rules take it back. They are stricter than the level where builds need nothing: no SELinux
 * options, no sysctls, no volume that outlives the pod.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards
 * https://github.com/moby/buildkit/blob/master/docs/rootless.md
 */
export function builderPodRules(exception: BuilderException): PodRule[] {
  return [...hostRules, ...podRules, ...privilegeRules(exception), ...profileRules(exception)];
}

const hostRules: readonly PodRule[] = [
  {
    holds: ["hostNetwork", "hostPID", "hostIPC"]
      .map((field) => `!object.spec.?${field}.orValue(false)`)
      .join(" && "),
    // Kubernetes takes a process of a Windows host only with the host's network.
    otherwise: "pods here share no namespace of the host (hostNetwork, hostPID, hostIPC)",
  },
  {
    holds: every("c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0)"),
    otherwise: "pods here take no port of the host",
  },
  {
    holds: every(
      [
        ...["livenessProbe", "readinessProbe", "startupProbe"],
        ...["lifecycle.?postStart", "lifecycle.?preStop"],
      ]
        .flatMap((call) => [`${call}.?httpGet`, `${call}.?tcpSocket`])
        .map((call) => `c.?${call}.?host.orValue("") == ""`)
        .join(" && "),
    ),
    otherwise: "probes and hooks here ask no other host",
  },
];

/** Kinds of volumes that end with their pod and reach nothing outside it. */
const volumeKinds = ["configMap", "downwardAPI", "emptyDir", "projected", "secret"];

const podRules: readonly PodRule[] = [
  {
    holds: `object.spec.?volumes.orValue([]).all(v, ${volumeKinds.map((kind) => `has(v.${kind})`).join(" || ")})`,
    otherwise: `volumes here are one of: ${volumeKinds.join(", ")}`,
  },
  {
    holds: "object.spec.?securityContext.?sysctls.orValue([]).size() == 0",
    otherwise: "pods here set no sysctls",
  },
  {
    holds: everyAndPod((at) => `!${at}.?seLinuxOptions.hasValue()`),
    otherwise: "pods here set no SELinux options",
  },
  {
    holds: every(
      "c.?securityContext.?runAsNonRoot.orValue(object.spec.?securityContext.?runAsNonRoot.orValue(false))",
    ),
    otherwise: "every container here has runAsNonRoot: true, of its own or of its pod",
  },
  {
    holds: everyAndPod((at) => `${at}.?runAsUser.orValue(1) != 0`),
    otherwise: "no container here runs as user 0",
  },
];

/** What containers may become. */
function privilegeRules(exception: BuilderException): PodRule[] {
  return [
    {
      holds: every("!c.?securityContext.?privileged.orValue(false)"),
      otherwise: "no container here is privileged",
    },
    {
      holds: every('c.?securityContext.?procMount.orValue("Default") == "Default"'),
      otherwise: "containers here have the default procMount",
    },
    {
      holds: everyOr(exception, "!c.?securityContext.?allowPrivilegeEscalation.orValue(true)"),
      otherwise: "every container here but the builder's has allowPrivilegeEscalation: false",
    },
    {
      holds: everyOr(exception, '"ALL" in c.?securityContext.?capabilities.?drop.orValue([])'),
      otherwise: 'every container here but the builder\'s drops the capabilities ["ALL"]',
    },
    {
      // Setting up a user namespace takes these two, of those that a container has anyway.
      holds: everyOr(
        exception,
        "c.?securityContext.?capabilities.?add.orValue([]).size() == 0",
        'c.?securityContext.?capabilities.?add.orValue([]).all(a, a in ["SETUID", "SETGID"])',
      ),
      otherwise: "no container here adds capabilities, but for SETUID and SETGID the builder's",
    },
  ];
}

/**
 * The seccomp and AppArmor profiles that confine containers. What an annotation says of AppArmor, as it was said before
 * there was a field for it, the API server writes into the field before it asks.
 */
function profileRules(exception: BuilderException): PodRule[] {
  const profiles = list(["RuntimeDefault", "Localhost"]);
  const type = (at: string, profile: string) => `${at}.?${profile}.?type`;
  return [
    {
      holds: everyOr(
        exception,
        `${type("c.?securityContext", "seccompProfile")}.orValue(` +
          `${type("object.spec.?securityContext", "seccompProfile")}.orValue("")) in ${profiles}`,
      ),
      otherwise: "every container here but the builder's has a seccompProfile: RuntimeDefault or Localhost",
    },
    {
      holds: everyOr(
        exception,
        `${type("c.?securityContext", "appArmorProfile")}.orValue("RuntimeDefault") in ${profiles}`,
      ),
      otherwise:
        "no container here but the builder's has another appArmorProfile than RuntimeDefault or Localhost",
    },
    {
      holds: ["seccompProfile", "appArmorProfile"]
        .map(
          (profile) =>
            `${type("object.spec.?securityContext", profile)}.orValue("RuntimeDefault") in ${profiles}`,
        )
        .join(" && "),
      otherwise: "no pod here is unconfined as a whole",
    },
  ];
}

function isBuilder({ image, account }: BuilderException): string {
  return `(c.image == ${text(image)} && object.spec.?serviceAccountName.orValue("") == ${text(account)})`;
}

/** A condition on `c` for every container, whatever it is for. */
function every(condition: string): string {
  return Object.values(containerLists)
    .map((containers) => `${containers}.all(c, ${condition})`)
    .join(" && ");
}

/** The same for every container but the builder's, for which another holds; one added to a running pod is never it. */
function everyOr(exception: BuilderException, condition: string, ofBuilder = "true"): string {
  const either = `${isBuilder(exception)} ? ${ofBuilder} : ${condition}`;
  return [
    `${containerLists.main}.all(c, ${either})`,
    `${containerLists.init}.all(c, ${either})`,
    `${containerLists.ephemeral}.all(c, ${condition})`,
  ].join(" && ");
}

/** A condition on the security context of the pod and of every container. */
function everyAndPod(condition: (securityContext: string) => string): string {
  return `${condition("object.spec.?securityContext")} && ${every(condition("c.?securityContext"))}`;
}

function list(texts: readonly string[]): string {
  return `[${texts.map(text).join(", ")}]`;
}

/** A text of CEL; names and image references have nothing that JSON would write otherwise. */
function text(value: string): string {
  return JSON.stringify(value);
}
