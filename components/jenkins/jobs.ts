import { cloudNames } from "./clouds";

export interface JobsArgs {
  /** GitHub organization with the repositories of the services; its members are a group of Jenkins. */
  organization: string;
  /** Topic that a repository has to be built. */
  topic: string;
  /** Id of the GitHub App credential that reads repositories. */
  readerId: string;
  /** Clone URL of this repository, whose pipelines release. */
  repository: string;
  /** The only branch that they are taken from. */
  branch: string;
}

interface Parameter {
  name: string;
  description: string;
  /** All that it may be; left out, any text. */
  choices?: readonly string[];
  /** What it is when nobody says. @default empty */
  value?: string;
}

/** A job that may use the deploy pods; it has a pipeline of its name in `jenkins/pipelines`. */
interface PlatformJob {
  /**
   * Whether several of it may run at once; each then sees to it what may not happen beside another.
   * @default false
   */
  concurrent?: boolean;
  /** Those that nobody declares do not reach a job that another starts. */
  parameters?: readonly Parameter[];
  /** When it runs by itself; `H` spreads jobs over the hour. */
  cron?: string;
  /** Whether each push to the repository starts it. */
  pushed?: boolean;
  /**
   * Whether every member of the organization may start it, and not administrators alone. Other jobs may whatever is said
   * here: their builds are Jenkins' own, as long as nothing lets them run as somebody.
   * @default false
   */
  members?: boolean;
}

const service: Parameter = { name: "SERVICE", description: "A service of catalog/services" };

export const platformJobs: Readonly<Record<string, PlatformJob>> = {
  promote: {
    // It locks the stack that it changes.
    concurrent: true,
    parameters: [
      service,
      { name: "VERSION", description: "The exact version of its chart" },
      {
        name: "TARGET",
        description: "Where it is to run; production takes only what a merged pull request says",
        choices: ["staging", "production"],
      },
      { name: "BUILD", description: "What made the version, such as services/billing/main #12" },
    ],
  },
  // What it opens is nothing before somebody else has approved and merged it.
  propose: { parameters: [service], members: true },
  preview: {
    parameters: [{ name: "PULL_REQUEST", description: "Number of a pull request of this repository" }],
  },
  // Of several at once each has its own; one that exists is locked by its name.
  popup: {
    concurrent: true,
    members: true,
    parameters: [
      {
        name: "DO",
        description: "up makes it or changes it, extend gives it more time, down removes it",
        choices: ["up", "extend", "down"],
      },
      { name: "NAME", description: "What it is called: 3 to 15 lower case letters, digits and dashes" },
      {
        name: "FROM",
        description: "Whose versions it runs",
        choices: ["staging", "production"],
      },
      {
        name: "VERSIONS",
        description: "Versions of its own: billing=1.5.0-pr.57, with spaces between several",
      },
      { name: "TTL", description: "How long it lives from now, up to a week", value: "8h" },
      { ...service, description: "Of a pull request, said by its pipeline: the service" },
      { name: "VERSION", description: "Of a pull request: the version that was built" },
      { name: "PULL_REQUEST", description: "Of a pull request: its number; people leave it empty" },
      { name: "BUILD", description: "Of a pull request: what made the version" },
    ],
  },
  reap: { cron: "H * * * *" },
  merged: { pushed: true },
  drift: { cron: "H 3 * * *" },
  // On Saturdays, when the backups of the night are there.
  "restore-rehearsal": { cron: "H 6 * * 6" },
};

/** The services that are found by their topic, and the jobs of this repository, as scripts of the job DSL. */
export function jobs(args: JobsArgs) {
  return { jobs: [{ script: services(args) }, { script: platform(args) }] };
}

/**
 * All branches, whether they are a pull request's too or not: without those, a pull request from `release/1.4` to main
 * would take the job of `release/1.4` away, and what is merged there would go nowhere. So a branch with a pull request is
 * built twice: as it is, and merged with where it goes. Only `main`, `release/*` and labelled pull requests push anything,
 * and versions say which of them it was.
 */
const allBranches = 3;

/** Merged with the branch that they go to: it is that which has to be good. */
const pullRequestsMerged = 1;

function services({ organization, topic, readerId }: JobsArgs): string {
  return `organizationFolder('services') {
  organizations {
    github {
      repoOwner(${quoted(organization)})
      credentialsId(${quoted(readerId)})
      traits {
        gitHubTopicsFilter { topicList(${quoted(topic)}) }
        gitHubExcludeArchivedRepositories()
        gitHubBranchDiscovery { strategyId(${allBranches}) }
        gitHubPullRequestDiscovery { strategyId(${pullRequestsMerged}) }
      }
    }
  }
  projectFactories {
    workflowMultiBranchProjectFactory { scriptPath('Jenkinsfile') }
  }
  orphanedItemStrategy {
    discardOldItems {
      daysToKeep(7)
      numToKeep(20)
    }
  }
  triggers {
    periodicFolderTrigger { interval('1d') }
  }
}
`;
}

function platform(args: JobsArgs): string {
  const folder = `folder('platform') {
  properties {
    kubernetes { permittedClouds([${quoted(cloudNames.deploys)}]) }
    authorizationMatrix {
      inheritanceStrategy { nonInheriting() }
      entries { ${membersMay(args, "Job/Read")} }
    }
  }
}
`;
  return [folder, ...Object.entries(platformJobs).map(([name, job]) => platformJob(name, job, args))].join(
    "",
  );
}

/** Administrators may everything everywhere: no folder takes that away. */
const membersMay = ({ organization }: JobsArgs, permission: string) =>
  `group { name(${quoted(organization)}); permissions([${quoted(permission)}]) }`;

function platformJob(
  name: string,
  { parameters = [], cron, pushed, concurrent, members }: PlatformJob,
  args: JobsArgs,
): string {
  const triggers = [
    ...(cron === undefined ? [] : [`cron { spec(${quoted(cron)}) }`]),
    ...(pushed ? ["githubPush()"] : []),
  ];
  const properties = [
    ...(concurrent ? [] : ["disableConcurrentBuilds()"]),
    ...(members ? [`authorizationMatrix { entries { ${membersMay(args, "Job/Build")} } }`] : []),
    ...(triggers.length > 0 ? [`pipelineTriggers { triggers { ${triggers.join("; ")} } }`] : []),
  ];
  return `pipelineJob(${quoted(`platform/${name}`)}) {
  logRotator { daysToKeep(90) }${block("  ", "parameters", parameters.map(parameterOf))}${block("  ", "properties", properties)}
  definition {
    cpsScm {
      scm {
        git {
          remote {
            url(${quoted(args.repository)})
            credentials(${quoted(args.readerId)})
          }
          branch(${quoted(args.branch)})
        }
      }
      scriptPath(${quoted(`jenkins/pipelines/${name}.Jenkinsfile`)})
      lightweight(true)
    }
  }
}
`;
}

/** A block with its lines, on a new line; nothing without any. */
function block(indent: string, name: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  return ["", `${name} {`, ...lines.map((line) => `  ${line}`), "}"].join(`\n${indent}`);
}

function parameterOf({ name, description, choices, value = "" }: Parameter): string {
  return choices
    ? `choiceParam(${quoted(name)}, [${choices.map(quoted).join(", ")}], ${quoted(description)})`
    : `stringParam(${quoted(name)}, ${quoted(value)}, ${quoted(description)})`;
}

/** A literal in Groovy without interpolation. */
export function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
}
