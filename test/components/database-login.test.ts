import * as sql from "@pulumi/gcp/sql";
import { expect } from "chai";

import { DatabaseLogin } from "../../components/database-login";
import { Identity } from "../../components/identity";
import { record } from "../support/recorder";

const types = { user: "gcp:sql/user:User", grant: "gcp:projects/iAMMember:IAMMember" };

function login(ownsObjects: boolean) {
  return record(() => {
    const account = new Identity("billing", { prefix: "staging", project: "acme", purpose: "Bills" });
    const instance = new sql.DatabaseInstance("main", {
      name: "staging-main-1",
      databaseVersion: "POSTGRES_18",
    });
    new DatabaseLogin("billing", { project: "acme", instance, account, ownsObjects });
  });
}

describe("a login to a database", () => {
  it("is a service account and has no password", async () => {
    expect((await login(false)).one(types.user).inputs).to.deep.equal({
      instance: "staging-main-1",
      type: "CLOUD_IAM_SERVICE_ACCOUNT",
      name: "staging--billing@no-project.iam",
      deletionPolicy: "DELETE",
    });
  });

  it("may open a connection and log in, to this instance and no other", async () => {
    const member = "serviceAccount:staging--billing@no-project.iam.gserviceaccount.com";
    const condition = {
      title: "this-instance-only",
      expression:
        'resource.service == "sqladmin.googleapis.com" && resource.name == "projects/acme/instances/staging-main-1"',
    };
    expect((await login(false)).all(types.grant).map(({ inputs }) => inputs)).to.have.deep.members([
      { project: "acme", member, condition, role: "roles/cloudsql.client" },
      { project: "acme", member, condition, role: "roles/cloudsql.instanceUser" },
    ]);
  });

  it("that owns tables is a superuser and is never dropped, which PostgreSQL would refuse", async () => {
    expect((await login(true)).one(types.user).inputs).to.deep.include({
      deletionPolicy: "ABANDON",
      databaseRoles: ["cloudsqlsuperuser"],
    });
  });

  it("goes with its instance", async () => {
    const recording = await login(true);
    expect(recording.one(types.user).deletedWith).to.equal(
      recording.one("gcp:sql/databaseInstance:DatabaseInstance").urn,
    );
  });

  it("can be replaced: nothing of it is protected", async () => {
    expect((await login(true)).keys(({ protect }) => protect)).to.deep.equal([]);
  });
});
