import { textAt } from "./rules/read";
import type { Project, Resource } from "./rules/shape";

/** What a look at IAM needs to see of the cloud. */
export interface Accounts {
  /** The project that asks. */
  readonly project: Project;
  list(kind: string, text: string): readonly Resource[];
  isAssumed(name: string): boolean;
}

/** Why Google would refuse this IAM member, or undefined when it is there. */
export function principalProblem(member: string, cloud: Accounts): string | undefined {
  const [kind, name] = split(member);
  switch (kind) {
    case "serviceAccount": {
      const pool = /^([^[]+)\[[^/\]]+\/[^/\]]+\]$/.exec(name)?.[1];
      return pool === undefined ? accountProblem(name, cloud) : poolProblem(pool, cloud);
    }
    case "principal":
    case "principalSet": {
      const pool = /\/workloadIdentityPools\/([^/]+)\//.exec(name)?.[1];
      if (pool !== undefined) {
        if (cloud.isAssumed(name)) return undefined;
        const workload = kind === "principal" && pool.endsWith(".svc.id.goog");
        return (
          poolProblem(pool, cloud) ?? (workload ? workloadProblem(name, pool, cloud.project) : undefined)
        );
      }
      // All service accounts of a project: Google takes it whether the project has any or not.
      if (/^\/\/cloudresourcemanager\.googleapis\.com\/projects\/[0-9]+\/type\/ServiceAccount$/.test(name)) {
        return undefined;
      }
      return `the principal ${member} has a form that the emulated cloud does not know`;
    }
    case "group":
    case "user":
      return /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(name) ? undefined : `${member} is not an e-mail address`;
    case "domain":
      return undefined;
    default:
      return `${member} is not an IAM principal; it begins with serviceAccount:, group:, user:, domain:, principal: or principalSet:`;
  }
}

function split(member: string): [string, string] {
  const colon = member.indexOf(":");
  return colon < 0 ? ["", member] : [member.slice(0, colon), member.slice(colon + 1)];
}

function accountProblem(email: string, cloud: Accounts): string | undefined {
  const known = ["serviceaccount/account:Account", "projects/serviceIdentity:ServiceIdentity"].some((kind) =>
    cloud.list(kind, email).some((account) => textAt(account.state, "email") === email),
  );
  return known || cloud.isAssumed(email) ? undefined : `Service account ${email} does not exist`;
}

/** The pool of a project comes with its first cluster that has Workload Identity. */
function poolProblem(pool: string, cloud: Accounts): string | undefined {
  const known = cloud
    .list("container/cluster:Cluster", pool)
    .some((cluster) => textAt(cluster.inputs, "workloadIdentityConfig", "workloadPool") === pool);
  return known || cloud.isAssumed(pool)
    ? undefined
    : `Identity Pool does not exist (${pool}). Please check that you specified a valid resource name`;
}

/**
 * Why a principal is no Kubernetes account of a pool. Google takes any number and any subject, and a wrong one grants
 * nothing; here it is refused.
 */
function workloadProblem(name: string, pool: string, asking: Project): string | undefined {
  const form =
    /^\/\/iam\.googleapis\.com\/projects\/([0-9]+)\/locations\/global\/workloadIdentityPools\/[^/]+\/subject\/ns\/[^/]+\/sa\/[^/]+$/;
  const number = form.exec(name)?.[1];
  const known = pool === `${asking.id}.svc.id.goog` ? asking.number : undefined;
  return number === undefined || (known !== undefined && number !== known)
    ? `the principal:${name} is no workload: //iam.googleapis.com/projects/${known ?? "NUMBER"}/locations/global/workloadIdentityPools/${pool}/subject/ns/NAMESPACE/sa/ACCOUNT`
    : undefined;
}
