/**
 * Looks at a Jenkins that runs, after its first start or a raise: whether it is what this checkout says, and closed to
 * strangers. It changes nothing. `make verify-jenkins` calls it.
 */
import { parse } from "yaml";

import { cloudNames } from "../components/jenkins/clouds";
import { platformJobs } from "../components/jenkins/jobs";
import { jenkinsRelease } from "../config/jenkins/release";

export interface Login {
  /** `https://jenkins.ci.acme.example` */
  readonly url: string;
  /** An administrator, with an API token of theirs (their name in Jenkins, then Security). */
  readonly user: string;
  readonly token: string;
}

/** Longest time that one answer takes, in milliseconds. */
const patience = 20_000;

/** What is posted, if anything is. */
interface Post {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
type Ask = (path: string, post?: Post) => Promise<Response>;
interface Server {
  /** As somebody who is not logged in. */
  readonly stranger: Ask;
  /** As the administrator; throws where there is no answer in JSON. */
  readonly read: <T>(path: string) => Promise<T>;
  /** The same, of what is no JSON. */
  readonly text: (path: string, post?: Post) => Promise<string>;
}

/** What is looked at, in its order; each gives what is wrong and what to do, or nothing. */
const checks: Readonly<Record<string, (server: Server) => Promise<string | undefined>>> = {
  "the login answers": async ({ stranger }) => {
    const { status } = await stranger("/login");
    return status === 200
      ? undefined
      : `/login answers ${status}; look at the controller's log, and at the gateway`;
  },
  [`the core is ${jenkinsRelease.core}`]: async ({ stranger }) => {
    const core = (await stranger("/login")).headers.get("x-jenkins") ?? "not said";
    return core === jenkinsRelease.core ? undefined : `it is ${core}; has the last up gone through?`;
  },
  "strangers see nothing": async ({ stranger }) => {
    const { status } = await stranger("/api/json");
    return status === 403
      ? undefined
      : `/api/json answers ${status} to who is not logged in, not 403; look at components/jenkins/security.ts`;
  },
  "the metrics are not on the internet": async ({ stranger }) => {
    const { status } = await stranger("/prometheus/");
    return status === 200 ? "/prometheus/ answers; look at the HTTPRoute jenkins" : undefined;
  },
  "every plugin is the pinned one, and runs": async ({ read }) => {
    const { plugins } = await read<{ plugins: Plugin[] }>(
      "/pluginManager/api/json?tree=plugins[shortName,version,active]",
    );
    const problems = pluginProblems(plugins);
    return problems.length === 0
      ? undefined
      : `${problems.join("; ")}; config/jenkins/pinned.json is all of them`;
  },
  "the controller builds nothing": async ({ read }) => {
    const { numExecutors } = await read<{ numExecutors: number }>("/api/json?tree=numExecutors");
    return numExecutors === 0 ? undefined : `it has ${numExecutors} executors; look at the log for "casc"`;
  },
  "the folders of services and of the platform are there": async ({ read }) =>
    missingJobs(["services", "platform"], await read("/api/json?tree=jobs[name]")),
  "the platform's jobs are those of this checkout": async ({ read }) =>
    missingJobs(Object.keys(platformJobs), await read("/job/platform/api/json?tree=jobs[name]")),
  "administrators alone start what releases": async ({ text }) =>
    folderProblem(await text("/job/platform/config.xml")),
  "pods of both clouds are known": async ({ text }) =>
    // It is posted since it takes a while; it changes nothing.
    cloudsProblem(parse(await text("/manage/configuration-as-code/export", {}))),
  "what GitHub has not signed is refused": async ({ stranger }) => {
    const { status } = await stranger("/github-webhook/", {
      headers: { "content-type": "application/json", "x-github-event": "ping" },
      body: JSON.stringify({ zen: "make verify-jenkins asks" }),
    });
    return status === 400
      ? undefined
      : `/github-webhook/ answers ${status} to an event without a signature, not 400; look at components/jenkins/github.ts`;
  },
};

/** As the plugin matrix-auth writes it: what members may in the folder, where nothing of what they may elsewhere counts. */
function folderProblem(xml: string): string | undefined {
  const granted = [...xml.matchAll(/<permission>([^<]*)<\/permission>/g)].map(
    ([, permission = ""]) => permission,
  );
  const more = granted.filter((permission) => !permission.includes(":hudson.model.Item.Read:"));
  if (/<inheritanceStrategy [^>]*NonInheritingStrategy"/.test(xml) && more.length === 0) return undefined;
  return `the folder platform ${more.length > 0 ? `grants ${more.join(", ")}` : "takes nothing away from members"}; look at ConfigMap jenkins-jobs`;
}

interface Cloud {
  readonly name?: string;
  readonly usageRestricted?: boolean;
  readonly credentialsId?: string;
  readonly templates?: readonly unknown[];
}

function cloudsProblem(exported: unknown): string | undefined {
  const { jenkins } = exported as { jenkins?: { clouds?: readonly { kubernetes?: Cloud }[] } };
  const clouds = (jenkins?.clouds ?? []).flatMap(({ kubernetes }) => (kubernetes ? [kubernetes] : []));
  const problems = Object.values(cloudNames).flatMap((name) => {
    const cloud = clouds.find((one) => one.name === name);
    if (!cloud) return [`there is no cloud ${name}`];
    return [
      ...(cloud.templates?.length ? [] : [`the cloud ${name} has no pods`]),
      ...(name !== cloudNames.deploys || (cloud.usageRestricted && cloud.credentialsId)
        ? []
        : [`the cloud ${name} is open to every job`]),
    ];
  });
  return problems.length === 0
    ? undefined
    : `${problems.join(", ")}; look at the controller's log for "casc", and at ConfigMap jenkins-clouds`;
}

interface Plugin {
  readonly shortName: string;
  readonly version: string;
  readonly active: boolean;
}

function pluginProblems(plugins: readonly Plugin[]): string[] {
  const found = new Map(plugins.map((plugin) => [plugin.shortName, plugin]));
  const wrong = Object.entries(jenkinsRelease.plugins).flatMap(([name, version]) => {
    const plugin = found.get(name);
    if (!plugin) return [`${name} is missing`];
    if (plugin.version !== version) return [`${name} is ${plugin.version}, not ${version}`];
    return plugin.active ? [] : [`${name} did not start`];
  });
  const more = [...found.keys()].filter((name) => !(name in jenkinsRelease.plugins));
  return [...wrong, ...more.map((name) => `${name} is not pinned`)];
}

function missingJobs(
  wanted: readonly string[],
  { jobs }: { jobs: readonly { name: string }[] },
): string | undefined {
  const missing = wanted.filter((name) => !jobs.some((job) => job.name === name));
  return missing.length === 0
    ? undefined
    : `${missing.join(", ")} missing; look at the controller's log for "job-dsl", and at ConfigMap jenkins-jobs`;
}

/** Asks one thing after the other; one that cannot be asked keeps no other from being asked. */
export async function verify({ url, user, token }: Login): Promise<Record<string, string | undefined>> {
  const ask = (path: string, headers: Record<string, string>, post?: Post) =>
    fetch(`${url.replace(/\/+$/, "")}${path}`, {
      ...(post && { method: "POST", body: post.body ?? "" }),
      headers: { ...headers, ...post?.headers },
      redirect: "manual",
      signal: AbortSignal.timeout(patience),
    });
  const authorization = `Basic ${Buffer.from(`${user}:${token}`).toString("base64")}`;
  const asAdministrator = async (path: string, post?: Post) => {
    const answer = await ask(path, { authorization }, post);
    if (answer.ok) return answer;
    throw new Error(
      [401, 403].includes(answer.status)
        ? `${path} answers ${answer.status}; JENKINS_USER and JENKINS_TOKEN have to be an administrator's`
        : `${path} answers ${answer.status}`,
    );
  };
  const server: Server = {
    stranger: (path, post) => ask(path, {}, post),
    read: async <T>(path: string) => (await (await asAdministrator(path)).json()) as T,
    text: async (path, post) => (await asAdministrator(path, post)).text(),
  };
  const found: Record<string, string | undefined> = {};
  for (const [what, check] of Object.entries(checks)) {
    found[what] = await check(server).catch((error: unknown) => reasonOf(error));
  }
  return found;
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/** What the environment says, or what is missing of it. */
export function loginOf(environment: Readonly<Record<string, string | undefined>>): Login | string[] {
  const { JENKINS_URL: url = "", JENKINS_USER: user = "", JENKINS_TOKEN: token = "" } = environment;
  const missing = Object.entries({ JENKINS_URL: url, JENKINS_USER: user, JENKINS_TOKEN: token })
    .filter(([, value]) => value === "")
    .map(([name]) => name);
  return missing.length === 0 ? { url, user, token } : missing;
}

async function main(): Promise<void> {
  const login = loginOf(process.env);
  if (Array.isArray(login)) {
    process.stderr.write(
      `${login.join(", ")} not set; say for example: JENKINS_URL=https://jenkins.ci.acme.example JENKINS_USER=me JENKINS_TOKEN=… make verify-jenkins\n`,
    );
    process.exitCode = 2;
    return;
  }
  const found = Object.entries(await verify(login));
  for (const [what, problem] of found) {
    process.stdout.write(problem === undefined ? `ok   ${what}\n` : `FAIL ${what}\n     ${problem}\n`);
  }
  if (found.some(([, problem]) => problem !== undefined)) process.exitCode = 1;
}

if (require.main === module) void main();
