import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { absentLines, absentReleases, mayBeAbsent } from "../../../cli/local/absent-releases";

describe("the releases of a stack that are absent", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "absent-"));
    mkdirSync(join(root, ".pulumi", "stacks", "toy"), { recursive: true });
    writeFileSync(join(root, "Pulumi.yaml"), "name: toy\nruntime: nodejs\n");
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const inState = (...resources: object[]) => {
    const checkpoint = { stack: "ci", latest: { resources } };
    const file = join(root, ".pulumi", "stacks", "toy", "ci.json");
    writeFileSync(file, JSON.stringify({ version: 3, checkpoint }));
    const folders = { folder: root, programFolder: root, backendFolder: root, home: root };
    return absentReleases({ engine: "/no/engine", stack: "ci", passphrase: "", providers: {}, ...folders });
  };
  const release = (status: string, more: object = {}) => ({
    urn: `urn:pulumi:ci::toy::kubernetes:helm.sh/v3:Release::${status}`,
    type: "kubernetes:helm.sh/v3:Release",
    outputs: {
      name: "jenkins",
      namespace: "jenkins",
      chart: "jenkins",
      version: "5.0.0",
      repositoryOpts: { repo: "https://charts.example.com" },
      status: { status },
      ...more,
    },
  });

  it("are those whose status says so, and no other release or resource", () => {
    const other = { ...release("absent"), type: "kubernetes:core/v1:ConfigMap" };
    expect(inState(release("deployed"), release("absent"), other, release("failed"))).to.deep.equal([
      {
        release: "jenkins/jenkins",
        chart: "jenkins",
        version: "5.0.0",
        repository: "https://charts.example.com",
      },
    ]);
    // At level plan a release is recorded as the program gives it.
    expect(inState(release("", { status: undefined }))).to.deep.equal([]);
  });

  it("are told in words that say what it means and what to do", () => {
    expect(absentLines("ci", inState(release("absent")))).to.deep.equal([
      "ci: release jenkins/jenkins is absent: nothing of it is installed, since its chart jenkins 5.0.0 cannot be had " +
        "from https://charts.example.com here and no mirror folder holds it; everything around it is applied. The next " +
        "up that reaches the repository installs it, or one with a mirror: put jenkins-5.0.0.tgz into a folder and run " +
        "PLATFORM_CHART_MIRROR=FOLDER ./platform local up",
    ]);
    expect(absentLines("ci", inState(release("absent", { version: undefined }))).join()).to.contain(
      "put jenkins-VERSION.tgz into a folder",
    );
    expect(absentLines("ci", inState(release("deployed")))).to.deep.equal([]);
  });

  it("may be Jenkins's, which is not everywhere to be had, and nobody else's", () => {
    expect(mayBeAbsent).to.deep.equal([{ repository: "https://charts.jenkins.io", chart: "jenkins" }]);
  });
});
