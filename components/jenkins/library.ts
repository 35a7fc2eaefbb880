export interface LibraryArgs {
  /** Clone URL of the repository that the library is in. */
  repository: string;
  /** Branch, tag or commit that every pipeline gets. */
  defaultVersion: string;
  /** Credential to read the repository with: without one GitHub answers 60 times an hour. */
  credentialsId: string;
}

/** The one shared library, in the version that is set here; a pipeline that asks for another does not run. */
export function library({ repository, defaultVersion, credentialsId }: LibraryArgs) {
  return {
    globalLibraries: {
      libraries: [
        {
          name: "platform",
          defaultVersion,
          implicit: false,
          allowVersionOverride: false,
          includeInChangesets: false,
          cachingConfiguration: { refreshTimeMinutes: 60 },
          retriever: {
            modernSCM: {
              libraryPath: "jenkins/",
              scm: {
                gitSource: {
                  remote: repository,
                  credentialsId,
                  traits: ["gitBranchDiscovery", "gitTagDiscovery"],
                },
              },
            },
          },
        },
      ],
    },
  };
}
