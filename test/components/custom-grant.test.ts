import { expect } from "chai";

import { CustomGrant } from "../../components/custom-grant";
import { record } from "../support/recorder";

const args = {
  project: "acme",
  member: "serviceAccount:r@acme.iam.gserviceaccount.com",
  purpose: "Looks at instances",
  permissions: ["cloudsql.instances.get"],
};

describe("a grant of a few permissions", () => {
  it("is a role that has these and no others, for one member", async () => {
    const recording = await record(() => new CustomGrant("rehearsal-reads", args));
    const made = recording.registrations.filter(({ custom }) => custom);
    expect(made.map(({ type, name, inputs }) => ({ type, name, inputs }))).to.deep.equal([
      {
        type: "gcp:projects/iAMCustomRole:IAMCustomRole",
        name: "rehearsal-reads",
        inputs: {
          project: "acme",
          roleId: "rehearsal_reads",
          title: "rehearsal-reads",
          description: "Looks at instances",
          permissions: ["cloudsql.instances.get"],
        },
      },
      {
        type: "gcp:projects/iAMMember:IAMMember",
        name: "rehearsal-reads",
        inputs: { project: "acme", member: args.member, role: "projects/acme/roles/rehearsal_reads" },
      },
    ]);
  });

  it("is given after the role is there, and holds where its condition does", async () => {
    const condition = { title: "one", expression: 'resource.name == "x"' };
    const recording = await record(() => new CustomGrant("rehearsal-reads", { ...args, condition }));
    const grant = recording.one("gcp:projects/iAMMember:IAMMember");
    expect(grant.inputs["condition"]).to.deep.equal(condition);
    expect(grant.dependencies).to.deep.equal([recording.one("gcp:projects/iAMCustomRole:IAMCustomRole").urn]);
  });
});
