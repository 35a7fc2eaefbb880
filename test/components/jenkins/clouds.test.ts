import { expect } from "chai";

import { clouds } from "../../../components/jenkins/clouds";
import { cloudsArgs } from "../../support/jenkins-args";

const controller = { namespace: "jenkins", name: "jenkins" };
const made = clouds(cloudsArgs, controller).jenkins.clouds.map(({ kubernetes }) => kubernetes);

describe("the clouds", () => {
  it("are one for builds and one for deploys, each in its namespace and with its cap", () => {
    expect(
      made.map(({ name, namespace, containerCapStr }) => [name, namespace, containerCapStr]),
    ).to.deep.equal([
      ["builds", "builds", "20"],
      ["deploys", "deploys", "4"],
    ]);
  });

  it("let only permitted folders deploy, with a token that is not the controller's", () => {
    expect(made.map(({ usageRestricted }) => usageRestricted)).to.deep.equal([false, true]);
    expect(made[0]).not.to.have.property("credentialsId");
    expect(made[1]).to.have.property("credentialsId", "deploy-pods");
  });

  it("are refused with a label in both: a build would start as a release", () => {
    const both = {
      ...cloudsArgs,
      deploys: { ...cloudsArgs.deploys, templates: cloudsArgs.builds.templates },
    };
    expect(() => clouds(both, controller)).to.throw("both have pods labelled build, check");
  });

  it("tell agents the services of the controller in its namespace", () => {
    expect(made[1]).to.include({
      jenkinsUrl: "http://jenkins.jenkins.svc.cluster.local:8080",
      jenkinsTunnel: "jenkins-agent.jenkins.svc.cluster.local:50000",
    });
  });
});
