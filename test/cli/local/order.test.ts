import { expect } from "chai";

import { inOrder, sharesNames } from "../../../cli/local/order";
import type { ChosenStack } from "../../../cli/local/settings";
import { parseSettings } from "../../../config/parse";
import { longLivedStacks } from "../../../config/stacks";
import { stackConfig, stackFile } from "../../support/settings";

const chosen = (name: string): ChosenStack => ({
  name,
  file: stackFile(name),
  settings: parseSettings(stackConfig(name)),
});
const order = (...names: string[]) =>
  inOrder(names.map(chosen)).map((group) => group.map(({ name }) => name));

describe("the order in which stacks come up", () => {
  it("has ci before all others, and their base before pop-ups", () => {
    expect(order("popup-two", "production", "popups", "popup-one", "ci")).to.deep.equal([
      ["ci"],
      ["production", "popups"],
      ["popup-two", "popup-one"],
    ]);
  });

  it("has no empty groups", () => {
    expect(order("staging")).to.deep.equal([["staging"]]);
    expect(order()).to.deep.equal([]);
  });

  it("is the one in which the long-lived stacks are written", () => {
    expect(order(...longLivedStacks).flat()).to.deep.equal([...longLivedStacks]);
  });

  it("knows pop-ups by what they share, not by their names", () => {
    expect(sharesNames(chosen("popup-one"))).to.equal(true);
    expect([...longLivedStacks].filter((name) => sharesNames(chosen(name)))).to.deep.equal([]);
  });
});
