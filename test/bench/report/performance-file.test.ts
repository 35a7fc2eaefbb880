import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { withFigures } from "../../../bench/report/performance-file";
import { root } from "../../support/settings";

const text = "# Ours\n\n<!-- figures -->\n\nold\n\n<!-- /figures -->\n\nAlso ours.\n";

describe("the file of figures", () => {
  it("gets others between its markers, and keeps what people wrote", () => {
    expect(withFigures(text, "new")).to.equal(text.replace("old", "new"));
    expect(withFigures(withFigures(text, "new"), "old")).to.equal(text);
  });

  for (const [what, broken] of [
    ["no marker", "# Ours\n"],
    ["only the first", text.replace("<!-- /figures -->", "")],
    ["only the last", text.replace("<!-- figures -->", "")],
    ["them the wrong way round", "<!-- /figures -->\n<!-- figures -->\n"],
    ["one of them twice", `${text}<!-- figures -->`],
    ["the last one twice", `${text}<!-- /figures -->`],
  ] as const) {
    it(`is left alone when it has ${what}`, () => {
      expect(() => withFigures(broken, "new")).to.throw("docs/performance.md needs one <!-- figures -->");
    });
  }

  it("is docs/performance.md, which has its markers", () => {
    expect(withFigures(readFileSync(join(root, "docs", "performance.md"), "utf8"), "new")).to.include("new");
  });
});
