import * as core from "@pulumi/kubernetes/core/v1";
import { expect } from "chai";

import { Identity, type IdentityArgs, workloadPrincipal } from "../../components/identity";
import { record } from "../support/recorder";

const args: IdentityArgs = { prefix: "staging", project: "acme", purpose: "Sends bills" };
const email = "staging--billing@no-project.iam.gserviceaccount.com";

const identity = (more: Partial<IdentityArgs> = {}, name = "billing") =>
  record(() => new Identity(name, { ...args, ...more }));

describe("an identity", () => {
  it("is a service account with no key, no role and nobody who acts as it", async () => {
    const recording = await identity();
    expect(recording.keys(({ custom }) => custom)).to.deep.equal([
      "gcp:serviceaccount/account:Account billing",
    ]);
    expect(recording.one("gcp:serviceaccount/account:Account").inputs).to.deep.equal({
      accountId: "staging--billing",
      displayName: "staging billing",
      description: "Sends bills",
    });
  });

  it("gets exactly the roles that are asked for, in its own project", async () => {
    const recording = await identity({ roles: ["roles/logging.logWriter"] });
    expect(recording.all("gcp:projects/iAMMember:IAMMember").map(({ inputs }) => inputs)).to.deep.equal([
      { project: "acme", member: `serviceAccount:${email}`, role: "roles/logging.logWriter" },
    ]);
  });

  it("lets exactly one Kubernetes account act as it", async () => {
    const recording = await identity({
      workload: { namespace: "staging", account: "billing", pool: "acme.svc.id.goog" },
    });
    expect(recording.all("gcp:serviceaccount/iAMMember:IAMMember").map(({ inputs }) => inputs)).to.deep.equal(
      [
        {
          serviceAccountId: `projects/no-project/serviceAccounts/${email}`,
          role: "roles/iam.workloadIdentityUser",
          member: "serviceAccount:acme.svc.id.goog[staging/billing]",
        },
      ],
    );
  });

  it("fits into the 28 characters that a database login leaves for an account's id, whatever the pop-up is called", async () => {
    const recording = await identity({ prefix: "popup-a23456789012345z" }, "authentication");
    const { accountId } = recording.one("gcp:serviceaccount/account:Account").inputs;
    expect(accountId).to.match(/^popup-a23456789012345-[0-9a-f]{6}$/);
    expect(accountId).to.have.length(28);
  });

  it("can be replaced: nothing of it is protected", async () => {
    const recording = await identity({ roles: ["roles/logging.logWriter"] });
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([]);
  });
});

describe("a Kubernetes account without a Google account", () => {
  it("is a member of its own, by the project's number and pool, its namespace and its name", async () => {
    const recording = await record(() => {
      const workload = { namespace: "popup-a", account: "billing", pool: "acme.svc.id.goog" };
      new core.ConfigMap("told", { data: { member: workloadPrincipal("200000000004", workload) } });
    });
    const { member } = recording.one("kubernetes:core/v1:ConfigMap").inputs["data"] as { member: string };
    expect(member).to.equal(
      "principal://iam.googleapis.com/projects/200000000004/locations/global/workloadIdentityPools/acme.svc.id.goog/subject/ns/popup-a/sa/billing",
    );
  });
});
