import { expect } from "chai";

import { grantPipelines, grantPopups, rehearserChanges, rehearserReads } from "../../environments/access";
import { record } from "../support/recorder";

const granted = async (accounts: { deployer?: string; previewer?: string }) => {
  const recording = await record(() => grantPipelines({ project: "acme", ...accounts }, { providers: [] }));
  return recording
    .all("gcp:projects/iAMMember:IAMMember")
    .map(({ inputs }) => `${String(inputs["member"])} ${String(inputs["role"])}`);
};

describe("pipelines in an environment", () => {
  it("release what a deployer may, where the settings name one", async () => {
    expect(await granted({ deployer: "d@acme.example" })).to.have.members([
      "serviceAccount:d@acme.example roles/container.clusterViewer",
      "serviceAccount:d@acme.example roles/container.developer",
    ]);
  });

  it("only look where they compare: no role of theirs changes anything or reads a secret's value", async () => {
    const roles = await granted({ previewer: "p@acme.example" });
    expect(roles.filter((role) => !/^serviceAccount:p@acme\.example roles\//.test(role))).to.deep.equal([]);
    expect(
      roles.filter((role) => !/\.(viewer|reader|securityReviewer|serviceUsageViewer)$/.test(role)),
    ).to.deep.equal([]);
    expect(roles.join()).to.contain("compute.viewer").and.contain("container.viewer");
  });

  describe("make pop-ups, where the settings name who does", () => {
    const recorded = () =>
      record(() => grantPopups({ project: "acme-popups", deployer: "d@acme.example" }, { providers: [] }));

    it("in that project, by roles for single products and none for everything", async () => {
      const grants = (await recorded()).all("gcp:projects/iAMMember:IAMMember").map(({ inputs }) => inputs);
      expect(new Set(grants.map(({ project }) => project))).to.deep.equal(new Set(["acme-popups"]));
      const roles = grants.map(({ role }) => String(role));
      expect(roles.filter((role) => /^roles\/(owner|editor|viewer|[a-z]+)$/.test(role))).to.deep.equal([]);
      expect(roles).to.include("roles/cloudasset.viewer");
    });

    it("and give no role away but that of nodes", async () => {
      const grants = (await recorded()).all("gcp:projects/iAMMember:IAMMember").map(({ inputs }) => inputs);
      const giving = grants.filter(({ role }) => /IamAdmin|securityAdmin$|owner/.test(String(role)));
      const limited = giving.filter(({ role }) => role !== "roles/compute.securityAdmin");
      expect(limited.map(({ condition }) => condition)).to.deep.equal([
        {
          title: "roles-of-nodes-only",
          expression:
            'api.getAttribute("iam.googleapis.com/modifiedGrantsByRole", []).hasOnly(["roles/container.defaultNodeServiceAccount"])',
        },
      ]);
    });
  });

  describe("restore backups, where the settings name who does", () => {
    const recorded = () =>
      record(() => grantPipelines({ project: "acme", rehearser: "r@acme.example" }, { providers: [] }));

    it("with the few permissions that the command needs, and no role of Google's", async () => {
      const recording = await recorded();
      const roles = recording.all("gcp:projects/iAMCustomRole:IAMCustomRole");
      expect(
        Object.fromEntries(roles.map(({ name, inputs }) => [name, inputs["permissions"]])),
      ).to.deep.equal({
        "rehearsal-reads": rehearserReads,
        "rehearsal-changes": rehearserChanges,
      });
      const granted = recording.all("gcp:projects/iAMMember:IAMMember").map(({ inputs }) => inputs["role"]);
      expect(granted).to.have.members([
        "projects/acme/roles/rehearsal_reads",
        "projects/acme/roles/rehearsal_changes",
      ]);
    });

    it("change instances only that have the name of a rehearsal's, in this project", async () => {
      const grants = (await recorded()).all("gcp:projects/iAMMember:IAMMember");
      expect(Object.fromEntries(grants.map(({ name, inputs }) => [name, inputs["condition"]]))).to.deep.equal(
        {
          "rehearsal-reads": undefined,
          "rehearsal-changes": {
            title: "rehearsals-only",
            expression:
              'resource.type == "sqladmin.googleapis.com/Instance" && resource.name.startsWith("projects/acme/instances/rehearsal-")',
          },
        },
      );
    });

    it("and read nothing that is in a database, nor what would let them in", () => {
      const all = [...rehearserReads, ...rehearserChanges];
      expect(
        all.filter((one) => /connect|login|export|executeSql|users|sslCerts|Policy/.test(one)),
      ).to.deep.equal([]);
      const reads = rehearserReads.filter((one) => !/\.(get|list|use)$/.test(one));
      expect(reads, "what changes something needs the condition").to.deep.equal([]);
    });
  });

  it("may do nothing where the settings name nobody", async () => {
    expect(await granted({})).to.deep.equal([]);
  });
});
