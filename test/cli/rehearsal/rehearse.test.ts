import { expect } from "chai";

import { Journal } from "../../../cli/rehearsal/journal";
import { type Limits, rehearse } from "../../../cli/rehearsal/rehearse";
import { findInstance } from "../../../cli/rehearsal/source";
import { SqlAdmin } from "../../../cli/rehearsal/sql-admin";
import { hoursAgo, instanceOf, project, rehearsedDatabase, source } from "../../support/rehearsed-database";
import type { SqlAdminApi } from "../../support/sql-admin-api";

const usual: Limits = { backupHours: 36, restoreMinutes: 1, deleteMinutes: 1, leftoverHours: 24 };

describe("a rehearsal of a restore", () => {
  let api: SqlAdminApi;
  let stop: AbortController;
  let journal: Journal;
  beforeEach(async () => {
    api = await rehearsedDatabase();
    stop = new AbortController();
    journal = new Journal(() => undefined);
  });
  afterEach(() => api.close());

  const run = (limits: Partial<Limits> = {}) => {
    const connection = { endpoint: api.url, token: () => Promise.resolve("ya29.of-the-pod"), poll: 0.01 };
    const admin = new SqlAdmin(connection, project, "staging");
    return rehearse(admin, () => findInstance(admin), { ...usual, ...limits }, journal, stop.signal);
  };
  /** Nothing is left but the database itself, as it was. */
  const onlySourceIsLeft = () => {
    expect([...api.instances.keys()]).to.deep.equal([source]);
    expect({ ...api.instances.get(source), createTime: "then" }).to.deep.equal({
      ...instanceOf(source),
      createTime: "then",
    });
    expect(api.keptBackups).to.deep.equal([]);
  };
  const changesTo = (beginning: string) => api.changes.filter((change) => change.startsWith(beginning));

  it("restores the newest backup that succeeded, finds every database, and leaves nothing", async () => {
    const { backup, temporary, databases, problems } = await run();
    expect(problems).to.deep.equal([]);
    expect(backup?.id).to.equal("1002");
    expect(databases).to.deep.equal({ expected: ["billing", "identity", "postgres"], missing: [] });
    expect(temporary).to.match(/^rehearsal-staging-[0-9a-f]{6}$/);
    expect(api.changes).to.deep.equal([
      `POST /v1/projects/${project}/instances`,
      `POST /v1/projects/${project}/instances/${temporary}/restoreBackup`,
      `DELETE /v1/projects/${project}/instances/${temporary}`,
    ]);
    onlySourceIsLeft();
    expect(journal.entries.at(-1)?.what).to.match(/^no instance of a rehearsal of staging is left/);
  });

  it("says of a backup that lacks a database which one, and leaves nothing", async () => {
    api.instances.get(source)!.databases.push("ledger");
    const { databases, problems } = await run();
    expect(databases?.missing).to.deep.equal(["ledger"]);
    expect(problems.join()).to.match(/^backup 1002 of staging-main-0a1b2c was restored without ledger;/);
    api.instances.get(source)!.databases.pop();
    onlySourceIsLeft();
  });

  it("refuses a backup that is too old, says when it was, and makes nothing", async () => {
    const old = hoursAgo(40);
    api.backups.set(source, [
      { id: "1003", status: "FAILED", endTime: hoursAgo(16), databases: [] },
      { id: "1002", status: "SUCCESSFUL", endTime: old, databases: [] },
    ]);
    const { problems } = await run();
    expect(problems).to.have.length(1);
    expect(problems[0])
      .to.contain(`1002, ended ${old}, 40 hours ago; 36 are allowed (--max-age)`)
      .and.contain("gcloud sql backups list");
    expect(api.changes).to.deep.equal([]);
    expect((await run({ backupHours: 41 })).problems.join()).to.match(/restored without billing/);
  });

  it("makes nothing where no backup ever succeeded, or the newest is on a later page of the list", async () => {
    api.pageSize = 1;
    expect((await run()).backup?.id).to.equal("1002");
    api.backups.set(source, [{ id: "1", status: "FAILED", endTime: hoursAgo(1), databases: [] }]);
    api.changes.length = 0;
    expect((await run()).problems.join()).to.contain("has no backup that succeeded");
    expect(api.changes).to.deep.equal([]);
  });

  it("deletes the instance that could not be made, which Google keeps", async () => {
    api.fails.CREATE = { code: "INTERNAL_ERROR", message: "no room in europe-west1-b" };
    const { problems } = await run();
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(
      /^making rehearsal-staging-\w+ failed: INTERNAL_ERROR: no room in europe-west1-b$/,
    );
    onlySourceIsLeft();
  });

  it("says why a restore failed, and leaves nothing", async () => {
    api.fails.RESTORE_VOLUME = { code: "BACKUP_CORRUPT", message: "it cannot be read" };
    const { problems } = await run();
    expect(problems.join()).to.match(
      /^restoring backup 1002 into \S+ failed: BACKUP_CORRUPT: it cannot be read$/,
    );
    onlySourceIsLeft();
  });

  it("gives up a restore that takes too long, waits until it lets go of the instance, and deletes it", async () => {
    api.takes.RESTORE_VOLUME = 2500;
    const { problems } = await run({ restoreMinutes: 0.02 });
    expect(problems.join()).to.match(/^0.02 minutes are over while restoring backup 1002/);
    expect(changesTo("DELETE").length, "deletions that were refused, and one that was not").to.be.above(1);
    onlySourceIsLeft();
  });

  it("ends where somebody asks it to, and leaves nothing", async () => {
    api.takes.CREATE = 400;
    setTimeout(() => stop.abort(), 100);
    const { problems } = await run();
    expect(problems.join()).to.match(/^interrupted while making rehearsal-staging-/);
    expect(api.changes.some((change) => change.endsWith("/restoreBackup"))).to.equal(false);
    onlySourceIsLeft();
  });

  it("makes nothing any more when it was asked to end before", async () => {
    stop.abort();
    expect((await run()).problems.join()).to.equal("interrupted while nothing was made");
    expect(api.changes).to.deep.equal([]);
  });

  it("deletes what it made also when it never heard that it was made", async () => {
    api.lost = `POST /v1/projects/${project}/instances`;
    const { problems } = await run();
    expect(problems.join()).to.contain("did not answer POST");
    expect(changesTo("POST"), "asked for once").to.have.length(1);
    onlySourceIsLeft();
  });

  it("asks again where a question was not answered", async () => {
    api.unavailable = 3;
    expect((await run()).problems).to.deep.equal([]);
    onlySourceIsLeft();
  });

  it("says what is left, what it costs and how it goes when it cannot be deleted", async () => {
    api.fails.DELETE = { code: "INTERNAL_ERROR", message: "try again" };
    const { temporary, problems } = await run({ deleteMinutes: 0.01 });
    expect(problems).to.have.length(1);
    expect(problems[0])
      .to.contain(`${temporary} is still in project ${project} and costs money`)
      .and.contain("INTERNAL_ERROR: try again")
      .and.contain(`gcloud sql instances delete ${temporary} --project ${project}`);
    expect(changesTo("DELETE").length).to.be.above(1);
  });

  it("deletes what rehearsals of days ago left before it begins, with what they kept running", async () => {
    api.instances.set("rehearsal-staging-00ff00", instanceOf("rehearsal-staging-00ff00", 25));
    const { leftovers, problems } = await run();
    expect(problems).to.deep.equal([]);
    expect(leftovers).to.deep.equal(["rehearsal-staging-00ff00"]);
    expect(api.changes[0]).to.equal(`DELETE /v1/projects/${project}/instances/rehearsal-staging-00ff00`);
    expect([...api.instances.keys()]).to.deep.equal([source]);
  });

  it("leaves another rehearsal at work alone, and does not claim that nothing is left", async () => {
    const other = instanceOf("rehearsal-staging-00ff00", 2);
    api.instances.set(other.name, other);
    const { databases, problems } = await run();
    expect(databases?.missing).to.deep.equal([]);
    expect(problems).to.have.length(1);
    expect(problems[0])
      .to.contain(`left rehearsal-staging-00ff00 (made ${other.createTime})`)
      .and.contain("./platform rehearse clean staging --older-than 0");
    expect([...api.instances.keys()]).to.deep.equal([source, other.name]);
  });

  it("does not touch what only looks like its own: another stack's, or a name that nobody here gives", async () => {
    const others = ["rehearsal-staging-eu-00ff00", "rehearsal-production-00ff00", "rehearsal-staging-backup"];
    for (const name of others) api.instances.set(name, instanceOf(name, 500));
    expect((await run()).problems).to.deep.equal([]);
    expect([...api.instances.keys()]).to.deep.equal([source, ...others]);
  });

  it("says once, not at each step, that it may do nothing", async () => {
    const connection = { endpoint: api.url, token: () => Promise.resolve("wrong"), poll: 0.01 };
    const admin = new SqlAdmin(connection, project, "staging");
    const { problems } = await rehearse(admin, () => findInstance(admin), usual, journal, stop.signal);
    expect(problems).to.deep.equal([
      `Cloud SQL answered GET projects/${project}/instances with 401: Login Required.`,
    ]);
  });
});
