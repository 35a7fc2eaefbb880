/** Which level a world begins at, where there is no Go. That full worlds are full is the business of test/full. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { chooseLevel } from "../../../cli/local/level";
import { CommandFailure } from "../../../cli/failure";
import { type Layout, layoutOf } from "../../../local/world/layout";
import { keepLevel, type Level } from "../../../local/world/level";

describe("the level of a local world, on a machine without Go", () => {
  let layout: Layout;
  const choose = (asked?: Level) => chooseLevel(layout, asked, () => undefined, { PATH: "/nowhere" });
  const refusal = (asked?: Level) =>
    choose(asked).then(
      () => "accepted",
      (error: unknown) =>
        error instanceof CommandFailure ? error.message : `no plain words: ${String(error)}`,
    );

  beforeEach(() => {
    layout = layoutOf(mkdtempSync(join(tmpdir(), "platform-level-")));
  });
  afterEach(() => rmSync(layout.folder, { recursive: true }));

  it("is plan, and what is missing is said", async () => {
    const { level, notice } = await choose();
    expect(level).to.equal("plan");
    expect(notice).to.include("No Kubernetes in this world").and.include("no Go on PATH");
  });

  it("is plan without a word when that was asked for", async () => {
    const { level, notice } = await choose("plan");
    expect([level, notice]).to.deep.equal(["plan", undefined]);
  });

  it("is never lowered for who asked for full", async () => {
    expect(await refusal("full")).to.include("no Go on PATH");
  });

  it("is never lowered for a world that has clusters", async () => {
    keepLevel(layout, "full");
    expect(await refusal()).to.include("no Go on PATH");
  });

  it("stays what it was when the world began", async () => {
    keepLevel(layout, "plan");
    expect((await choose()).notice).to.equal(undefined);
    expect(await refusal("full")).to.include("began at level plan and keeps it");
  });
});
