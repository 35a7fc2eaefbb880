import { expect } from "chai";

import { WordIndex } from "../../../local/cloud/word-index";

describe("an index of words", () => {
  const index = () => new WordIndex((text: string) => new Set(text.split(" ")));
  const having = (from: WordIndex<string>, ...words: string[]) => [...from.having(words)];

  it("finds what has any of the words, once", () => {
    const words = index();
    words.put("1", "red green");
    words.put("2", "blue green");
    expect(having(words, "green", "red")).to.deep.equal([
      ["1", "red green"],
      ["2", "blue green"],
    ]);
    expect(having(words, "yellow")).to.deep.equal([]);
  });

  it("follows what changes: words that it lost, words that it got, words that it kept", () => {
    const words = index();
    words.put("1", "red green");
    words.put("1", "blue green", "red green");
    expect(having(words, "red")).to.deep.equal([]);
    expect(having(words, "blue")).to.deep.equal([["1", "blue green"]]);
    expect(having(words, "green")).to.deep.equal([["1", "blue green"]]);
  });

  it("forgets what goes and nothing else", () => {
    const words = index();
    words.put("1", "red");
    words.put("2", "red");
    words.remove("1", "red");
    expect(having(words, "red")).to.deep.equal([["2", "red"]]);
  });
});
