import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { call, runService, type RunningService } from "./support/running-service.js";

let service: RunningService;
let secrets: string;
const api = () => `${service.url}/example-service`;
const add = (author: string, text: string) => call(`${api()}/notes`, { json: { author, text } });

before(async () => {
  secrets = mkdtempSync(join(tmpdir(), "secrets-"));
  service = await runService(1, () => ({ secrets }));
});
after(async () => {
  await service.stop();
  rmSync(secrets, { recursive: true });
});

describe("notes", () => {
  it("are kept, and found again where the answer says", async () => {
    const { status, headers, body } = await add("ada", "the first");
    assert.equal(status, 201);
    assert.deepEqual({ author: body.author, text: body.text }, { author: "ada", text: "the first" });
    const found = await call(`${service.url}${headers.get("location")}`);
    assert.equal(found.status, 200);
    assert.deepEqual(found.body, body);
  });

  it("come in pages from the newest to the oldest, of one author if asked", async () => {
    for (const number of [1, 2, 3, 4, 5]) await add("grace", `note ${number}`);
    await add("ada", "between");
    const texts = [];
    let before = "";
    let pages = 0;
    do {
      const { body } = await call(`${api()}/notes?author=grace&limit=2${before && `&before=${before}`}`);
      texts.push(...body.notes.map(({ text }) => text));
      before = body.next ?? "";
      pages += 1;
    } while (before !== "");
    assert.deepEqual(texts, ["note 5", "note 4", "note 3", "note 2", "note 1"]);
    assert.equal(pages, 3);
  });

  it("are counted as they come", async () => {
    const count = async () => (await call(`${api()}/count`)).body.added;
    const earlier = await count();
    await add("ada", "one more");
    assert.equal(await count(), earlier + 1);
  });

  for (const [what, path, init] of [
    ["no text", "/notes", { json: { author: "ada" } }],
    ["an empty text", "/notes", { json: { author: "ada", text: "" } }],
    ["a text that is too long", "/notes", { json: { author: "ada", text: "a".repeat(4001) } }],
    ["a field that does not exist", "/notes", { json: { author: "ada", text: "a", colour: "red" } }],
    ["a page that is too large", "/notes?limit=101", {}],
    ["a question that does not exist", "/notes?autor=ada", {}],
    ["an id that is none", "/notes/first", {}],
  ] as const) {
    it(`refuse ${what}, and say why`, async () => {
      const { status, body } = await call(`${api()}${path}`, init);
      assert.equal(status, 400);
      assert.equal(body.error.code, "invalid-request");
      assert.match(body.error.message, /text|colour|additional|limit|id/);
    });
  }

  it("that are not there are not found", async () => {
    const { status, body } = await call(`${api()}/notes/999999`);
    assert.equal(status, 404);
    assert.equal(body.error.code, "not-found");
  });

  it("need the token of the service's secret, once it has one", async () => {
    writeFileSync(join(secrets, "write-token"), "open sesame\n");
    try {
      assert.equal((await add("eve", "without")).status, 401);
      const headers = { authorization: "Bearer open sesame" };
      const { status } = await call(`${api()}/notes`, { json: { author: "ada", text: "with" }, headers });
      assert.equal(status, 201);
      assert.equal((await call(`${api()}/notes`)).status, 200);
    } finally {
      rmSync(join(secrets, "write-token"));
    }
  });
});
