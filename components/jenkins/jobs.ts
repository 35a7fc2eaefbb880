import { cloudNames } from "./clouds";

export interface JobsArgs {
  /** GitHub organization with the repositories of the services. */
  organization: string;
  /** Topic that a repository has to be built. */
  topic: string;
  /** Id of the GitHub App credential that reads repositories. */
  readerId: string;
  /** Clone URL of this repository, whose pipelines release. */
  repository: string;
  /** The only branch that they are taken from. */
  branch: string;
  /** Id of the GitHub App credential that also commits there. */
  writerId: string;
}

/** Jobs that may use the deploy pods, each with its time where it has one; `H` spreads jobs over the hour. */
const platformJobs: Readonly<Record<string, string | undefined>> = {
  promote: undefined,
  preview: undefined,
  popup: undefined,
  reap: "H * * * *",
  drift: "H 3 * * *",
  "restore-rehearsal": "H 4 * * 6",
};

/** The services that are found by their topic, and the jobs of this repository, as scripts of the job DSL. */
export function jobs(args: JobsArgs) {
  return { jobs: [{ script: services(args) }, { script: platform(args) }] };
}

function services({ organization, topic, readerId }: JobsArgs): string {
  return `organizationFolder('services') {
  organizations {
    github {
      repoOwner(${quoted(organization)})
      credentialsId(${quoted(readerId)})
      traits {
        gitHubTopicsFilter { topicList(${quoted(topic)}) }
        gitHubExcludeArchivedRepositories()
        gitHubBranchDiscovery { strategyId(1) }
        gitHubPullRequestDiscovery { strategyId(1) }
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
  }
}
`;
  return [folder, ...Object.entries(platformJobs).map(([name, cron]) => platformJob(name, cron, args))].join(
    "",
  );
}

function platformJob(name: string, cron: string | undefined, args: JobsArgs): string {
  const trigger =
    cron === undefined
      ? ""
      : `
    pipelineTriggers {
      triggers { cron { spec(${quoted(cron)}) } }
    }`;
  return `pipelineJob(${quoted(`platform/${name}`)}) {
  logRotator { daysToKeep(90) }
  properties {
    disableConcurrentBuilds()${trigger}
  }
  definition {
    cpsScm {
      scm {
        git {
          remote {
            url(${quoted(args.repository)})
            credentials(${quoted(args.writerId)})
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

/** A literal in Groovy without interpolation. */
export function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
}
