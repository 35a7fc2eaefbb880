/** Does not prove that the job DSL takes the scripts: only a running Jenkins does. */
import { expect } from "chai";

import { jobs, quoted } from "../../../components/jenkins/jobs";
import { jobsArgs } from "../../support/jenkins-args";

const [services = "", platform = ""] = jobs(jobsArgs).jobs.map(({ script }) => script);
const names = ["promote", "preview", "popup", "reap", "drift", "restore-rehearsal"];
const jobOf = (name: string) =>
  platform.split("pipelineJob(").find((part) => part.startsWith(`'platform/${name}'`)) ?? "";

describe("the jobs", () => {
  it("are those of every repository of the organization with the topic", () => {
    expect(services).to.contain("organizationFolder('services')");
    expect(services).to.contain("repoOwner('acme')");
    expect(services).to.contain("gitHubTopicsFilter { topicList('microservice') }");
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

  it("run by the clock where nobody starts them", () => {
    const timed = names.filter((name) => jobOf(name).includes("cron {"));
    expect(timed).to.deep.equal(["reap", "drift", "restore-rehearsal"]);
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
