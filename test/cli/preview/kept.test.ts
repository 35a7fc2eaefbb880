import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { Kept } from "../../../cli/preview/kept";
import { temporaryFolder } from "../../support/plan-world";

const write = (text: string) => (folder: string) => writeFileSync(join(folder, "file"), text);

describe("what is kept", () => {
  it("is found by its key, and only when it is whole", async () => {
    const folder = join(temporaryFolder("platform-kept-"), "below");
    const kept = new Kept(folder);
    expect(kept.find("a")).to.equal(undefined);
    const failing = kept.keep("a", (made) => {
      write("half")(made);
      throw new Error("no");
    });
    expect(await failing.catch((error: Error) => error.message)).to.equal("no");
    expect(kept.find("a")).to.equal(undefined);
    expect(readdirSync(folder)).to.deep.equal([]);

    const path = await kept.keep("a", write("whole"));
    expect(kept.find("a")).to.equal(path);
    expect(readFileSync(join(path, "file"), "utf8")).to.equal("whole");
  });

  it("is that of the first where two commands make it at once", async () => {
    const kept = new Kept(temporaryFolder("platform-kept-"));
    const both = ["first", "second"].map((text) =>
      kept.keep("a", async (folder) => {
        write(text)(folder);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }),
    );
    const [one = ""] = await Promise.all(both);
    expect(readdirSync(join(one, ".."))).to.deep.equal(["a"]);
    expect(readFileSync(join(one, "file"), "utf8")).to.equal("first");
  });

  it("goes when nobody used it for two weeks, and stays when somebody did", async () => {
    const folder = temporaryFolder("platform-kept-");
    const kept = new Kept(folder);
    const longAgo = new Date(Date.now() - 15 * 86_400_000);
    for (const key of ["old", "used"]) {
      mkdirSync(join(folder, key));
      utimesSync(join(folder, key), longAgo, longAgo);
    }
    kept.find("used");
    await kept.keep("new", write("x"));
    kept.removeUnused();
    expect(readdirSync(folder).sort()).to.deep.equal(["new", "used"]);
  });
});
