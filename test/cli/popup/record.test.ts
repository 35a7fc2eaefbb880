import { expect } from "chai";
import fc from "fast-check";

import { expiryProblem, isProved, type PopupRecord, recordOf, tagsOf } from "../../../cli/popup/record";

const record: PopupRecord = {
  stack: "popup-search",
  owner: "Ada Lovelace",
  made: new Date("2026-03-01T12:00:00Z"),
  expires: new Date("2026-03-01T20:00:00Z"),
  from: "staging",
  versions: { billing: "1.5.0-pr.57", routing: "1.9.1" },
  slice: "popup-3",
  phase: "up",
};
const problemOf = (stack: string, tags: Record<string, string>) => {
  const read = recordOf(stack, tags);
  return isProved(read) ? undefined : read.problem;
};

describe("the record of a pop-up", () => {
  it("comes back from its tags as it was", () => {
    expect(recordOf("popup-search", tagsOf(record))).to.deep.equal(record);
  });

  it("comes back without versions of its own", () => {
    const plain = { ...record, versions: {} };
    expect(recordOf("popup-search", tagsOf(plain))).to.deep.equal(plain);
  });

  const broken: [title: string, tags: Record<string, string>, problem: string][] = [
    ["no kind", { "popup:kind": "" }, "it has no record"],
    ["another kind", { "popup:kind": "environment" }, "it has no record"],
    ["no owner", { "popup:owner": " " }, "says no owner"],
    ["no end", { "popup:expires": "" }, "expires nothing"],
    ["an end that is no time", { "popup:expires": "tomorrow" }, 'expires "tomorrow"'],
    ["a day that the month does not have", { "popup:expires": "2026-02-30T00:00:00Z" }, "expires"],
    ["a time without its zone", { "popup:made": "2026-03-01T12:00:00" }, "made"],
    [
      "an end before its beginning",
      { "popup:expires": "2026-03-01T11:00:00Z" },
      "expired before it was made",
    ],
    ["a phase that nobody knows", { "popup:phase": "done" }, 'says phase "done"'],
    ["a version that is none", { "popup:versions": "billing=latest" }, "says versions"],
  ];
  for (const [title, tags, problem] of broken) {
    it(`is none with ${title}`, () => {
      expect(problemOf("popup-search", { ...tagsOf(record), ...tags })).to.include(problem);
    });
  }

  it("is none of a stack that is called otherwise, whatever its tags say", () => {
    for (const stack of ["production", "popups", "popup-", "my-popup-search"]) {
      expect(problemOf(stack, tagsOf(record)), stack).to.equal("its name is no pop-up's");
    }
  });

  it("is none without any one of its tags that are acted upon", () => {
    const needed = ["popup:kind", "popup:owner", "popup:made", "popup:expires", "popup:phase"];
    fc.assert(
      fc.property(fc.constantFrom(...needed), fc.string(), (name, text) => {
        fc.pre(text.trim() === "" || !["popup:owner"].includes(name));
        fc.pre(
          text !== "popup" && !["making", "up", "going"].includes(text) && Number.isNaN(Date.parse(text)),
        );
        return problemOf("popup-search", { ...tagsOf(record), [name]: text }) !== undefined;
      }),
    );
  });

  it("says an end that no command can have written", () => {
    expect(expiryProblem(record, new Date("2026-03-01T13:00:00Z"))).to.equal(undefined);
    expect(expiryProblem(record, new Date("2026-02-22T13:00:00Z"))).to.include(
      "longer than any pop-up lives",
    );
  });
});
