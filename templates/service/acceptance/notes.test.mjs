/** The product from outside, as a customer has it: `make acceptance URL=...` after staging, and in pop-ups. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

const { URL: product = "", TOKEN: token } = process.env;
const notes = `${product.replace(/\/$/, "")}/example-service/notes`;

async function call(address, body) {
  const answer = await fetch(address, {
    signal: AbortSignal.timeout(10_000),
    headers: {
      ...(body && { "content-type": "application/json" }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body && { method: "POST", body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

describe("a customer", () => {
  it("writes a note, and finds it again", async () => {
    const text = `acceptance ${new Date().toISOString()}`;
    const written = await call(notes, { author: "acceptance", text });
    assert.equal(written.status, 201, JSON.stringify(written.body));
    const found = await call(`${notes}/${written.body.id}`);
    assert.deepEqual(found.body, written.body);
    const listed = await call(`${notes}?author=acceptance&limit=100`);
    assert.ok(listed.body.notes.some(({ id }) => id === written.body.id));
  });

  it("is told what is wrong with a note that is none", async () => {
    const { status, body } = await call(notes, { author: "acceptance" });
    assert.equal(status, 400);
    assert.match(body.error.message, /text/);
  });
});
