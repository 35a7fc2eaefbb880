/** Dashboards as a program sees them. What is inside a widget is looked at by nobody here. */
import { expect } from "chai";

import type { Cloud } from "../../../../local/cloud/cloud";
import type { Values } from "../../../../local/cloud/rules/shape";
import { googleProgram, type GoogleProgram } from "../../../support/google-program";
import { refusal, smallCloud } from "../../../support/small-cloud";

const dashboard = "monitoring/dashboard:Dashboard";
const widget = { title: "requests", text: { content: "none" } };
const tile = (xPos: number, yPos: number) => ({ xPos, yPos, width: 24, height: 16, widget });
const board = (more: Values = {}) => ({
  displayName: "billing",
  mosaicLayout: { columns: 48, tiles: [tile(0, 0), tile(24, 0), tile(0, 16)] },
  ...more,
});
const inputs = (value: unknown) => ({ dashboardJson: JSON.stringify(value) });

describe("a dashboard", () => {
  let cloud: Cloud;
  let program: GoogleProgram;

  beforeEach(async () => {
    cloud = await smallCloud();
    program = googleProgram(cloud);
  });

  it("is made, unchanged the next time, read back and adopted", async () => {
    const kept = await program.create(dashboard, inputs(board()));
    expect(kept.id).to.match(/^projects\/acme-test\/dashboards\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(program.plan(kept, inputs(board()))).to.deep.equal({});
    expect((await program.refresh(kept))?.inputs).to.deep.equal(kept.inputs);
    const adopted = await program.adopt(dashboard, kept.id);
    expect(adopted && program.plan(adopted, inputs(board()))).to.deep.equal({});
  });

  it("does not change with its form or with what only the old one says, and changes in place with the rest", async () => {
    const kept = await program.create(dashboard, inputs(board({ etag: "1", labels: { team: "a" } })));
    const { mosaicLayout, displayName } = board();
    const turned = { dashboardJson: JSON.stringify({ mosaicLayout, displayName }, null, 2) };
    expect(program.plan(kept, turned)).to.deep.equal({});
    const changes = [
      board({ displayName: "other" }),
      board({ mosaicLayout: { columns: 48, tiles: [tile(0, 0)] } }),
      board({ dashboardFilters: [] }),
    ];
    for (const change of changes)
      expect(program.plan(kept, inputs(change))).to.deep.equal({ dashboardJson: false });
  });

  const grid = (...tiles: Values[]): Values => ({ mosaicLayout: { columns: 48, tiles } });
  const strange: [what: string, dashboardJson: string, expected: RegExp][] = [
    ["text that is no JSON", "{", /not the JSON of an object/],
    ["a list", "[]", /not the JSON of an object/],
    ["no name", JSON.stringify({ gridLayout: {} }), /displayName is missing/],
    ["no layout", JSON.stringify({ displayName: "a" }), /exactly one of gridLayout/],
    ["two layouts", JSON.stringify(board({ gridLayout: {} })), /exactly one of gridLayout/],
    [
      "a name that Google does not know",
      JSON.stringify(board({ legacyRows: 1 })),
      /Unknown name "legacyRows"/,
    ],
    ["a tile beside the grid", JSON.stringify(board(grid(tile(36, 0)))), /tiles\[0\] is not inside/],
    ["a tile over another", JSON.stringify(board(grid(tile(0, 0), tile(12, 8)))), /tiles\[1\] overlaps/],
    [
      "a grid that is too fine",
      JSON.stringify(board({ mosaicLayout: { columns: 96, tiles: [] } })),
      /columns is 1 to 48/,
    ],
  ];
  for (const [what, dashboardJson, expected] of strange) {
    it(`is refused with ${what}`, async () => {
      expect(await refusal(program.create(dashboard, { dashboardJson }))).to.match(expected);
      expect(cloud.list(dashboard)).to.deep.equal([]);
    });
  }
});
