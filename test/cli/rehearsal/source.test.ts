import { expect } from "chai";

import { CommandFailure, exitCodes } from "../../../cli/failure";
import { findInstance, sourceOf } from "../../../cli/rehearsal/source";
import { SqlAdmin } from "../../../cli/rehearsal/sql-admin";
import { instanceOf, project, rehearsedDatabase, source } from "../../support/rehearsed-database";
import { root } from "../../support/settings";
import type { SqlAdminApi } from "../../support/sql-admin-api";

describe("the database that is rehearsed", () => {
  const refused = (...[stack, connectionName]: [string, string?]) => {
    try {
      sourceOf(root, stack, connectionName);
    } catch (error) {
      expect((error as CommandFailure).exitCode).to.equal(exitCodes.wrong);
      return (error as Error).message;
    }
    throw new Error("it was not refused");
  };

  it("is in the project that the stack's file says", () => {
    expect(sourceOf(root, "staging")).to.deep.equal({ project });
    expect(sourceOf(root, "production")).to.deep.equal({ project: "acme-production" });
  });

  it("is the one that somebody names as the stack's output does", () => {
    expect(sourceOf(root, "staging", "other:europe-west1:staging-main-0a1b2c")).to.deep.equal({
      project: "other",
      instance: "staging-main-0a1b2c",
    });
    expect(refused("staging", "staging-main")).to.match(
      /^--instance is "staging-main"; it has to be PROJECT:REGION:NAME/,
    );
    expect(refused("staging", "a:b:../c")).to.match(/^--instance is/);
  });

  it("is nowhere in a stack that has none, that has no file, or that is none", () => {
    expect(refused("ci")).to.equal(
      "Pulumi.ci.yaml: ci has no platform:database, so no backup of it is anywhere",
    );
    expect(refused("popup-search")).to.match(/^there is no Pulumi.popup-search.yaml; say which instance by/);
    expect(refused("stagin")).to.match(/^"stagin" is no stack of this program/);
  });

  describe("at Google", () => {
    let api: SqlAdminApi;
    beforeEach(async () => {
      api = await rehearsedDatabase();
    });
    afterEach(() => api.close());
    const find = () =>
      findInstance(
        new SqlAdmin(
          { endpoint: api.url, token: () => Promise.resolve("ya29.of-the-pod"), poll: 0.01 },
          project,
          "staging",
        ),
      );
    const failureOf = () =>
      find().then(
        () => "",
        (error: Error) => error.message,
      );

    it("is the one with the stack's label, and none that a rehearsal made with that label", async () => {
      api.instances.set("rehearsal-staging-00ff00", instanceOf("rehearsal-staging-00ff00"));
      api.instances.set("reports", {
        ...instanceOf("reports"),
        settings: { userLabels: { environment: "other" } },
      });
      api.instances.set("replica", { ...instanceOf("replica"), instanceType: "READ_REPLICA_INSTANCE" });
      expect(await find()).to.equal(source);
    });

    it("has to be named where there are two, or none", async () => {
      api.instances.set("staging-main-ffffff", instanceOf("staging-main-ffffff"));
      expect(await failureOf()).to.equal(
        "project acme-staging has several instances (staging-main-0a1b2c, staging-main-ffffff) with the label environment=staging; say which by --instance PROJECT:REGION:NAME",
      );
      api.instances.clear();
      expect(await failureOf()).to.match(/^project acme-staging has no instance with the label/);
    });
  });
});
