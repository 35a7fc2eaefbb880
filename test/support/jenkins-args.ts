import type { CloudsArgs } from "../../components/jenkins/clouds";
import type { JobsArgs } from "../../components/jenkins/jobs";
import type { ValuesArgs } from "../../components/jenkins/values";
import { jenkinsRelease } from "../../config/jenkins/release";

/** A Jenkins with one pod in each cloud, as an environment would ask for it. */
export const valuesArgs: ValuesArgs = {
  release: jenkinsRelease,
  url: "https://jenkins.ci.acme.example",
  security: { organization: "acme", administrators: "platform" },
  library: {
    repository: "https://github.com/acme/infrastructure.git",
    defaultVersion: "main",
    credentialsId: "github-reader",
  },
  slack: { workspace: "acme", channel: "#builds", credentialsId: "slack-token" },
  github: { webhookSecretId: "github-webhook" },
  loginSecret: "jenkins-login",
  account: "jenkins",
  pool: "platform",
  home: { storageClass: "jenkins-home", sizeGib: 50 },
};

export const cloudsArgs: CloudsArgs = {
  builds: {
    namespace: "builds",
    containerCap: 20,
    templates: {
      build: { instanceCap: 10, spec: { containers: [{ name: "jnlp", args: ["echo ${HOME}"] }] } },
      check: { instanceCap: 5, spec: { containers: [{ name: "jnlp" }] } },
    },
  },
  deploys: {
    namespace: "deploys",
    containerCap: 4,
    credentialsId: "deploy-pods",
    templates: { deploy: { instanceCap: 2, spec: { containers: [{ name: "jnlp" }] } } },
  },
};

export const jobsArgs: JobsArgs = {
  organization: "acme",
  topic: "microservice",
  readerId: "github-reader",
  repository: "https://github.com/acme/infrastructure.git",
  branch: "main",
};
