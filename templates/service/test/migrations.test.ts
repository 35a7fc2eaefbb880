import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";

import { migrate } from "../src/migrations.js";
import { migrations } from "./support/running-service.js";
import { makeDatabase, query, type TestDatabase } from "./support/stores.js";

let database: TestDatabase;
let folder: string;

before(async () => {
  database = await makeDatabase();
});
after(() => database.drop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "migrations-"));
  cpSync(migrations, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = () => migrate(database.migrator, folder, database.serviceLogin);
const nextStep = (sql: string) => {
  const number = String(readdirSync(migrations).length + 1).padStart(4, "0");
  writeFileSync(join(folder, `${number}-new.sql`), sql);
};

describe("a migration", () => {
  it("runs each step once, also when two begin together", async () => {
    const both = await Promise.all([run(), run()]);
    const steps = readdirSync(migrations).sort();
    assert.deepEqual(both.map((names) => names.length).sort(), [0, steps.length]);
    assert.deepEqual(both.flat(), steps);
    assert.deepEqual(await run(), []);
  });

  it("is made with a login that may not do anything", async () => {
    const roles = await query<{ rolsuper: boolean; rolcreatedb: boolean; rolcreaterole: boolean }>(
      database.migrator,
      "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user",
    );
    assert.deepEqual(roles, [{ rolsuper: false, rolcreatedb: false, rolcreaterole: false }]);
  });

  it("lets the service's login use the tables, and not change what they are", async () => {
    await run();
    const as = (sql: string) => query(database.service, sql);
    await as("INSERT INTO service.notes (author, text) VALUES ('ada', 'hello')");
    assert.equal((await as("UPDATE service.notes SET text = 'bye' RETURNING id")).length, 1);
    assert.equal((await as("DELETE FROM service.notes RETURNING id")).length, 1);
    for (const sql of [
      "DROP TABLE service.notes",
      "ALTER TABLE service.notes ADD COLUMN colour text",
      "CREATE TABLE service.mine (id int)",
      "CREATE SCHEMA mine",
      "DELETE FROM service.migrations",
    ]) {
      await assert.rejects(as(sql), /permission denied|must be owner/, sql);
    }
  });

  it("keeps nothing of a step that fails, and runs it when it is mended", async () => {
    await run();
    nextStep("CREATE TABLE service.half (id int); SELECT 1 / 0;");
    await assert.rejects(run(), /-new\.sql failed, and nothing of it was kept: division by zero/);
    nextStep("CREATE TABLE service.half (id int);");
    assert.equal((await run()).length, 1);
    assert.deepEqual(await query(database.service, "SELECT id FROM service.half"), []);
  });

  it("leaves a database alone that is ahead, as when a version before comes back", async () => {
    assert.deepEqual(await migrate(database.migrator, migrations, database.serviceLogin), []);
  });

  it("refuses a step that was changed after it had run", async () => {
    writeFileSync(join(folder, "0001-notes.sql"), "SELECT 1;");
    await assert.rejects(run(), /0001-notes\.sql was changed after it had run here/);
  });

  it("refuses steps whose numbers leave their order open", async () => {
    writeFileSync(join(folder, "0001-another.sql"), "SELECT 1;");
    await assert.rejects(run(), /0001-notes\.sql should be called 0002-what-it-does\.sql/);
  });
});
