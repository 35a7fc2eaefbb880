import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import {
  builds,
  buildkit,
  deploys,
  jenkins,
  previewer,
  rehearser,
  targetsOf,
} from "../../environments/pipelines";
import { recordEnvironment, type Recording } from "../support/recorder";
import { identityTable, withIdentities } from "../support/identities";
import { changed, root, stacks } from "../support/settings";

const types = {
  account: "kubernetes:core/v1:ServiceAccount",
  binding: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
};

interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

describe("pipelines in the environment that builds", () => {
  let ci: Recording;
  before(async () => {
    ci = await recordEnvironment("ci");
  });

  it("have an account in the cluster for each account at Google, which it acts as", () => {
    const accounts = ci
      .all(types.account)
      .map(({ inputs }) => inputs["metadata"] as Metadata)
      .filter(({ namespace }) => [builds.namespace, deploys.namespace].includes(namespace))
      .map(({ name, namespace, annotations = {} }) => [namespace, name, Object.values(annotations)[0]]);
    const email = (id: string) => `${id}@acme-ci.iam.gserviceaccount.com`;
    expect(accounts).to.have.deep.members([
      ["builds", "builder", email("ci--builder")],
      ["deploys", "staging", email("deployer--staging")],
      ["deploys", "production", email("deployer--production")],
      ["deploys", "popups", email("deployer--popups")],
      ["deploys", "preview", email("deployer--preview")],
      ["deploys", "rehearsal", email("deployer--rehearsal")],
      // Reads the key that commits; no pod may run as it.
      ["deploys", "deploys-secrets", undefined],
    ]);
  });

  it("are started by two accounts: the controller's own has no right where releases are made", () => {
    const starters = ci
      .all(types.binding)
      .filter(({ inputs }) => (inputs["metadata"] as { name: string }).name === "agents")
      .map(({ name, inputs }) => [name, inputs["subjects"]]);
    const subject = (name: string) => [{ kind: "ServiceAccount", name, namespace: jenkins.namespace }];
    expect(starters).to.have.deep.members([
      [builds.namespace, subject(jenkins.account)],
      [deploys.namespace, subject(jenkins.deployStarter)],
    ]);
  });

  it("are started by nobody where there is no Jenkins", async () => {
    const without = await recordEnvironment("ci", {
      config: changed("ci", { "platform:jenkins": undefined }),
    });
    expect(without.all(types.binding)).to.deep.equal([]);
    expect(
      without.keys(({ type }) => /gkebackup|Release|secretmanager|secret-sync/.test(type)),
    ).to.deep.equal([]);
  });

  it("have two accounts more than there are targets: what looks, and what restores, is nobody's target", () => {
    expect(targetsOf({ deployers: ["staging"] })).to.deep.equal(["staging", previewer, rehearser]);
  });

  it("build with one exact image", () => {
    expect(buildkit).to.match(/-rootless@sha256:[0-9a-f]{64}$/);
  });

  it("may do what docs/ci.md says, and no more", async () => {
    const recordings: Record<string, Recording> = {};
    for (const stack of stacks) recordings[stack] = await recordEnvironment(stack);
    const document = readFileSync(join(root, "docs", "ci.md"), "utf8");
    expect(
      document,
      'docs/ci.md is out of date: run "npm run inventory" and read its diff before you commit it',
    ).to.equal(await withIdentities(document, identityTable(recordings)));
  });
});
