import { expect } from "chai";

import { exitCodes } from "../../../cli/failure";
import { SqlAdmin } from "../../../cli/rehearsal/sql-admin";
import { instanceOf, project, rehearsedDatabase, source } from "../../support/rehearsed-database";
import type { SqlAdminApi } from "../../support/sql-admin-api";

describe("Cloud SQL's API as a rehearsal calls it", () => {
  let api: SqlAdminApi;
  let admin: SqlAdmin;
  beforeEach(async () => {
    api = await rehearsedDatabase();
    const token = () => Promise.resolve("ya29.of-the-pod");
    admin = new SqlAdmin({ endpoint: api.url, token, poll: 0.01 }, project, "staging");
  });
  afterEach(() => api.close());

  const others = [
    source,
    "rehearsal-production-00ff00",
    "rehearsal-staging-eu-00ff00",
    "rehearsal-staging-",
    "",
  ];
  for (const name of others) {
    it(`is asked to change nothing for ${JSON.stringify(name)}, which no rehearsal of the stack made`, async () => {
      api.instances.set(name, instanceOf(name));
      const changes = [
        () => admin.insert({ name }),
        () => admin.restore(name, { instance: source, backup: "1002" }),
        () => admin.delete(name),
      ];
      for (const change of changes) {
        const failure = await change().then(
          () => undefined,
          (error: { exitCode: number }) => error.exitCode,
        );
        expect(failure).to.equal(exitCodes.refused);
      }
      expect(api.changes).to.deep.equal([]);
    });
  }

  it("is believed only when it answers as documented", async () => {
    const settings = { ...instanceOf(source).settings, tier: undefined };
    api.instances.set(source, { ...instanceOf(source), settings });
    const message = await admin.instance(source).then(
      () => "",
      (error: Error) => error.message,
    );
    expect(message)
      .to.contain(`answer to GET instances/${source} is not the documented one`)
      .and.contain("settings.tier");
  });
});
