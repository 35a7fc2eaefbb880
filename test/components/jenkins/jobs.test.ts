/** Does not prove that the job DSL takes the scripts: only a running Jenkins does. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { usualLife } from "../../../cli/popup/lifetime";
import { jobs, platformJobs, quoted } from "../../../components/jenkins/jobs";
import { jenkinsRelease } from "../../../config/jenkins/release";
import { jobsArgs } from "../../support/jenkins-args";
import { root } from "../../support/settings";

const [services = "", platform = ""] = jobs(jobsArgs).jobs.map(({ script }) => script);
const names = Object.keys(platformJobs);
const pipelines = join(root, "jenkins", "pipelines");
const jobOf = (name: string) =>
  platform.split("pipelineJob(").find((part) => part.startsWith(`'platform/${name}'`)) ?? "";

describe("the jobs", () => {
  it("are those of every repository of the organization with the topic", () => {
    expect(services).to.contain("organizationFolder('services')");
    expect(services).to.contain("repoOwner('acme')");
    expect(services).to.contain("gitHubTopicsFilter { topicList('microservice') }");
  });

  it("are of every branch, also of one that a pull request wants merged: main and release/* are to be built whatever is asked", () => {
    // 1 leaves those out, 2 the others: BranchDiscoveryTrait of the plugin.
    expect(services).to.match(/gitHubBranchDiscovery \{ strategyId\(3\) \}/);
    expect(services).to.match(/gitHubPullRequestDiscovery \{ strategyId\(1\) \}/);
  });

  it("may use deploy pods in the folder platform only", () => {
    expect(platform).to.contain("kubernetes { permittedClouds(['deploys']) }");
    expect(services).not.to.contain("permittedClouds");
  });

  it("that release take their pipeline from one branch of this repository", () => {
    expect([...platform.matchAll(/pipelineJob\('platform\/(.+?)'\)/g)].map(([, name]) => name)).to.deep.equal(
      names,
    );
    for (const name of names) {
      expect(jobOf(name)).to.contain(`scriptPath('jenkins/pipelines/${name}.Jenkinsfile')`);
      expect(jobOf(name)).to.contain("branch('main')");
    }
  });

  it("are just those that have a pipeline", () => {
    const files = readdirSync(pipelines).filter((file) => file.endsWith(".Jenkinsfile"));
    expect(names.map((name) => `${name}.Jenkinsfile`).sort()).to.deep.equal(files.sort());
  });

  it("read the repository as every pipeline may: what writes to it is no credential of Jenkins", () => {
    for (const name of names) expect(jobOf(name)).to.contain("credentials('github-reader')");
    expect(
      jobs(jobsArgs)
        .jobs.map(({ script }) => script)
        .join(),
    ).not.to.contain("writer");
  });

  it("run one at a time, and keep what they did for three months", () => {
    for (const name of names) {
      // These lock what they change, so that production does not wait for staging, nor one pop-up for another.
      const locksItself = ["promote", "popup"].includes(name);
      expect(jobOf(name).includes("disableConcurrentBuilds()"), name).to.equal(!locksItself);
      expect(jobOf(name)).to.contain("logRotator { daysToKeep(90) }");
    }
  });

  it("declare the parameters that their pipelines read, and no other", () => {
    for (const name of names) {
      const text = readFileSync(join(pipelines, `${name}.Jenkinsfile`), "utf8");
      const declared = [...jobOf(name).matchAll(/Param\('([A-Z_]+)'/g)].map(([, parameter]) => parameter);
      // All of them, where they are handed on together.
      if (/\(params[,)]/.test(text)) continue;
      const read = [...text.matchAll(/params\.([A-Z_]+)/g)].map(([, parameter]) => parameter);
      expect([...new Set(read)].sort()).to.deep.equal(declared.sort());
    }
  });

  it("take a release by what servicePipeline and the promotion call it", () => {
    const given = ["SERVICE", "VERSION", "TARGET", "BUILD"];
    const declared = [...jobOf("promote").matchAll(/Param\('([A-Z_]+)'/g)].map(([, parameter]) => parameter);
    expect(declared).to.deep.equal(given);
    for (const file of ["vars/servicePipeline.groovy", "src/platform/Promotion.groovy"]) {
      const text = readFileSync(join(root, "jenkins", file), "utf8");
      expect(given.filter((parameter) => !text.includes(parameter))).to.deep.equal([]);
    }
    expect(jobOf("promote")).to.contain("choiceParam('TARGET', ['staging', 'production'], ");
  });

  it("run by themselves when their time comes, and after each push", () => {
    const having = (text: string) => names.filter((name) => jobOf(name).includes(text));
    expect(having("cron {")).to.deep.equal(["reap", "drift", "restore-rehearsal"]);
    expect(having("githubPush()")).to.deep.equal(["merged"]);
  });

  it("are started by administrators alone where they release, and members only see them: nothing is inherited", () => {
    const [folder = ""] = platform.split("pipelineJob(");
    expect(folder).to.contain(`authorizationMatrix {
      inheritanceStrategy { nonInheriting() }
      entries { group { name('acme'); permissions(['Job/Read']) } }
    }`);
    expect(folder.match(/permissions/g)).to.have.length(1);
  });

  it("are started by every member where they only ask for a review, or for what goes by itself", () => {
    const open = names.filter((name) => jobOf(name).includes("authorizationMatrix"));
    expect(open).to.deep.equal(["propose", "popup"]);
    for (const name of open) {
      expect(jobOf(name)).to.contain(
        "authorizationMatrix { entries { group { name('acme'); permissions(['Job/Build']) } } }",
      );
    }
  });

  it("are there for all that pipelines start, with every parameter that they give", () => {
    const files = [
      join(root, "jenkins", "vars", "servicePipeline.groovy"),
      ...readdirSync(pipelines).flatMap((file) =>
        file.endsWith(".Jenkinsfile") ? [join(pipelines, file)] : [],
      ),
    ];
    const texts = files.map((file) => readFileSync(file, "utf8")).join("\n");
    const started = [...texts.matchAll(/job: 'platform\/([a-z-]+)'/g)].map(([, name = ""]) => name);
    expect(new Set(started)).to.deep.equal(new Set(["promote", "popup"]));
    for (const parameter of ["SERVICE", "VERSION", "BUILD"]) {
      for (const name of started) expect(jobOf(name), name).to.contain(`Param('${parameter}'`);
    }
    expect(jobOf("popup")).to.contain("stringParam('PULL_REQUEST', ''");
  });

  it("give a pop-up that a person asks for a working day", () => {
    expect(jobOf("popup")).to.contain(`stringParam('TTL', '${usualLife}'`);
  });

  it("are started by others as Jenkins itself: nothing is installed that lets builds run as who began them", () => {
    expect(jenkinsRelease.plugins).to.include.keys("matrix-auth", "cloudbees-folder");
    expect(jenkinsRelease.plugins).not.to.have.any.keys("authorize-project");
  });

  it("have their braces closed", () => {
    for (const script of [services, platform]) {
      expect(script.split("{").length).to.equal(script.split("}").length);
    }
  });

  it("take a name as text, whatever is in it", () => {
    expect(quoted("a'b\\c\n")).to.equal("'a\\'b\\\\c\\n'");
  });
});
