import { expect } from "chai";

import { ProjectGrant } from "../../components/project-grant";
import { record } from "../support/recorder";

const member = "serviceAccount:nodes@acme.iam.gserviceaccount.com";
const roles = ["roles/logging.logWriter", "roles/container.developer"];

describe("a grant in a project", () => {
  it("adds one member to each role and leaves others alone", async () => {
    const recording = await record(() => new ProjectGrant("nodes", { project: "acme", member, roles }));
    const granted = recording.registrations.filter(({ custom }) => custom);
    expect(granted.map(({ type, name, inputs }) => ({ type, name, inputs }))).to.have.deep.members([
      {
        type: "gcp:projects/iAMMember:IAMMember",
        name: "nodes-logging-logwriter",
        inputs: { project: "acme", member, role: "roles/logging.logWriter" },
      },
      {
        type: "gcp:projects/iAMMember:IAMMember",
        name: "nodes-container-developer",
        inputs: { project: "acme", member, role: "roles/container.developer" },
      },
    ]);
  });

  it("narrows every role by the condition", async () => {
    const condition = { title: "one", expression: 'resource.name == "x"' };
    const recording = await record(
      () => new ProjectGrant("nodes", { project: "acme", member, roles, condition }),
    );
    expect(
      recording.all("gcp:projects/iAMMember:IAMMember").map(({ inputs }) => inputs["condition"]),
    ).to.deep.equal([condition, condition]);
  });
});
