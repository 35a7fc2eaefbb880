import { join } from "node:path";

import { expect } from "chai";

import { readCatalogue } from "../../config/catalogue";
import { previewerRoles } from "../../environments/access";
import { nameOf, recordEnvironment, type Recording } from "../support/recorder";
import { root, stackFile } from "../support/settings";

const types = {
  repository: "gcp:artifactregistry/repository:Repository",
  repositoryMember: "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
  account: "gcp:serviceaccount/account:Account",
  accountMember: "gcp:serviceaccount/iAMMember:IAMMember",
  projectMember: "gcp:projects/iAMMember:IAMMember",
  pool: "gcp:container/nodePool:NodePool",
};

describe("the environment that builds", () => {
  let ci: Recording;
  before(async () => {
    ci = await recordEnvironment("ci");
  });

  it("has an account for nodes, one for builds, one for each target, one that only looks and one that restores", () => {
    expect(ci.all(types.account).map(({ inputs }) => inputs["accountId"])).to.have.members([
      "ci--nodes",
      "ci--builder",
      "deployer--staging",
      "deployer--production",
      "deployer--popups",
      "deployer--preview",
      "deployer--rehearsal",
    ]);
  });

  it("lets builds act as the builder, and each deploy as the account of its own target", () => {
    const acting = ci.all(types.accountMember).map(({ inputs }) => {
      const [, account] = /serviceAccounts\/([^@]+)@/.exec(String(inputs["serviceAccountId"])) ?? [];
      return [account, inputs["member"]];
    });
    expect(acting).to.have.deep.members([
      ["ci--builder", "serviceAccount:acme-ci.svc.id.goog[builds/builder]"],
      ["deployer--staging", "serviceAccount:acme-ci.svc.id.goog[deploys/staging]"],
      ["deployer--production", "serviceAccount:acme-ci.svc.id.goog[deploys/production]"],
      ["deployer--popups", "serviceAccount:acme-ci.svc.id.goog[deploys/popups]"],
      ["deployer--preview", "serviceAccount:acme-ci.svc.id.goog[deploys/preview]"],
      ["deployer--rehearsal", "serviceAccount:acme-ci.svc.id.goog[deploys/rehearsal]"],
    ]);
  });

  it("gives roles in its project to its nodes, and to who only looks", () => {
    const email = (id: string) => `serviceAccount:${id}@acme-ci.iam.gserviceaccount.com`;
    expect(
      ci.all(types.projectMember).map(({ inputs }) => [inputs["member"], inputs["role"]]),
    ).to.have.deep.members([
      [email("ci--nodes"), "roles/container.defaultNodeServiceAccount"],
      ...previewerRoles.map((role) => [email("deployer--preview"), role]),
    ]);
  });

  it("lets only the builder write to a registry, and no deployer", () => {
    const writers = ci
      .all(types.repositoryMember)
      .filter(({ inputs }) => inputs["role"] !== "roles/artifactregistry.reader")
      .map(({ inputs }) => inputs["member"]);
    expect(new Set(writers)).to.deep.equal(
      new Set(["serviceAccount:ci--builder@acme-ci.iam.gserviceaccount.com"]),
    );
  });

  it("lets the clusters of every environment pull, itself included", () => {
    const readers = ci
      .all(types.repositoryMember)
      .filter(({ inputs }) => inputs["repository"] === "images" && String(inputs["role"]).endsWith("reader"))
      .map(({ inputs }) => /projects\/(\d+)\//.exec(String(inputs["member"]))?.[1]);
    const numbers = ["ci", "staging", "production", "popup-any"].map(
      (stack) => stackFile(stack).config["platform:projectNumber"],
    );
    expect(readers).to.have.members(numbers as string[]);
  });

  it("lets only its own project read charts: no other has a deployer that installs them", () => {
    const readers = ci
      .all(types.repositoryMember)
      .filter(({ inputs }) => inputs["repository"] === "charts" && String(inputs["role"]).endsWith("reader"))
      .map(({ inputs }) => /projects\/(\d+)\//.exec(String(inputs["member"]))?.[1]);
    expect(readers).to.deep.equal([stackFile("ci").config["platform:projectNumber"]]);
  });

  it("builds and deploys in namespaces of their own, and Jenkins is in neither", () => {
    const names = ci
      .all("kubernetes:core/v1:Namespace")
      .map(({ inputs }) => (inputs["metadata"] as { name: string }).name);
    expect(names).to.have.members(["builds", "deploys", "jenkins"]);
  });

  it("keeps builds on spare machines that nothing else runs on, and its controller off them", () => {
    const pools = Object.fromEntries(
      ci.all(types.pool).map(({ name, inputs }) => {
        const { spot, taints } = inputs["nodeConfig"] as { spot: boolean; taints?: { value: string }[] };
        return [name, { spot, taints: taints?.map(({ value }) => value) ?? [] }];
      }),
    );
    expect(pools).to.deep.equal({
      controller: { spot: false, taints: [] },
      builds: { spot: true, taints: ["builds"] },
      deploys: { spot: false, taints: ["deploys"] },
    });
  });

  it("gives builds and deploys no more than their own pools have, and no disk", () => {
    const quotas = ci.all("kubernetes:core/v1:ResourceQuota").map(({ name, inputs }) => {
      const { hard } = inputs["spec"] as { hard: Record<string, string> };
      return [name, hard["requests.cpu"], hard["requests.memory"], hard["persistentvolumeclaims"]];
    });
    expect(quotas).to.have.deep.members([
      ["builds", "96", "384Gi", "0"],
      ["deploys", "6", "24Gi", "0"],
      // Its home is a disk.
      ["jenkins", "8", "32Gi", undefined],
    ]);
  });

  it("lets pods be anything only where its own rules take that back", () => {
    const levels = ci.all("kubernetes:core/v1:Namespace").map(({ name, inputs }) => {
      const { labels } = inputs["metadata"] as { labels: Record<string, string> };
      return [name, labels["pod-security.kubernetes.io/enforce"]];
    });
    expect(levels).to.have.deep.members([
      ["builds", "privileged"],
      ["deploys", "restricted"],
      ["jenkins", "restricted"],
    ]);
    const rules = (name: string) => {
      const { spec } = ci.one(
        "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy",
        name,
      ).inputs;
      return (spec as { validations: { message: string }[] }).validations.map(({ message }) => message);
    };
    expect(rules("builds")).to.include.members([
      "pods here have a priorityClassName, one of: batch",
      "no container here is privileged",
    ]);
    expect(rules("deploys")).to.deep.equal([
      "pods here have a priorityClassName, one of: standard",
      "pods here run as one of these service accounts: staging, production, popups, preview, rehearsal",
      "pods here choose their nodes by nodeSelector.pool, one of: deploys",
    ]);
  });

  it("keeps the disk of Jenkins' home when its claim goes, in two zones", () => {
    const { inputs } = ci.one("kubernetes:storage.k8s.io/v1:StorageClass", "jenkins-home");
    expect(inputs).to.include({ reclaimPolicy: "Retain" });
    expect(JSON.stringify(inputs["allowedTopologies"])).to.contain('["europe-west1-b","europe-west1-c"]');
  });

  it("has no database and no service", () => {
    expect(ci.keys(({ type }) => type.startsWith("gcp:sql/"))).to.deep.equal([]);
    const services = Object.keys(readCatalogue(join(root, "catalog", "services")));
    expect(
      ci.registrations.map(({ urn }) => nameOf(urn)).filter((name) => services.includes(name ?? "")),
    ).to.deep.equal([]);
  });
});
