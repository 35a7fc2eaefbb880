import { expect } from "chai";
import fc from "fast-check";
import { parse } from "yaml";

import { lineIn, withoutRelease, withRelease } from "../../../cli/release/edit";

const file = "catalog/releases/staging.yaml";
const entry = { version: "1.5.0", by: "mia", build: "billing/main/40" };
const edit = (text: string, service = "billing") => withRelease(text, service, entry, file);
const flow = "{ version: 1.5.0, by: mia, build: billing/main/40 }";

const header = "# yaml-language-server: $schema=x\n# Which version runs.\n";
const old = (name: string) => `${name}: { version: 1.4.2, by: jenkins, build: ${name}/main/38 }`;

describe("a release of a service that has one", () => {
  const cases: [title: string, before: string, after: string][] = [
    [
      "changes on its line alone",
      `${header}${old("alpha")}\n${old("billing")}\n`,
      `${header}${old("alpha")}\nbilling: ${flow}\n`,
    ],
    [
      "keeps the comments above and beside it, and the spaces between",
      `# payments\nbilling:   {version: 1.4.2,by: jenkins ,  build: x}   # stays\n\n# the rest\n${old("zulu")}`,
      `# payments\nbilling:   {version: 1.5.0,by: mia ,  build: billing/main/40}   # stays\n\n# the rest\n${old("zulu")}`,
    ],
    [
      "keeps the order of what is said about it",
      'billing: { build: x, by: "jenkins", version: "1.4.2" }\n',
      "billing: { build: billing/main/40, by: mia, version: 1.5.0 }\n",
    ],
    [
      "may stand on several lines",
      "billing: # paid\n  version: 1.4.2 # now\n  by: mia\n  build: |-\n    a story\n    of two lines\n# end\n",
      "billing: # paid\n  version: 1.5.0 # now\n  by: mia\n  build: billing/main/40\n# end\n",
    ],
    [
      "keeps the line ends of other systems",
      `${old("billing")}\r\n${old("zulu")}\r\n`,
      `billing: ${flow}\r\n${old("zulu")}\r\n`,
    ],
    ["keeps a mark at the beginning of the file", `\uFEFF${old("billing")}\n`, `\uFEFFbilling: ${flow}\n`],
    [
      "leaves what stays the same in the quotes it has",
      'billing: { version: 1.4.2, by: "mia", build: x }\n',
      'billing: { version: 1.5.0, by: "mia", build: billing/main/40 }\n',
    ],
    [
      "is found by a name in quotes",
      `"billing": { version: 1.4.2, by: a, build: b }\n`,
      `"billing": ${flow}\n`,
    ],
    [
      "is written out where it was said by another service's",
      `alpha: &same { version: 1.4.2, by: a, build: b }\nbilling: *same\n`,
      `alpha: &same { version: 1.4.2, by: a, build: b }\nbilling: ${flow}\n`,
    ],
    [
      "changes in a file that is one block in braces",
      `{"alpha": {"version": "1.0.0", "by": "a", "build": "b"}, "billing": {"version": "1.4.2", "by": "a", "build": "b"}}`,
      `{"alpha": {"version": "1.0.0", "by": "a", "build": "b"}, "billing": {"version": 1.5.0, "by": mia, "build": billing/main/40}}`,
    ],
  ];
  for (const [title, before, after] of cases) {
    it(title, () => {
      expect(edit(before)).to.equal(after);
    });
  }

  it("is itself where nothing of it changes", () => {
    const text = `billing:   ${flow}`;
    expect(edit(text)).to.equal(text);
  });

  it("is refused where another service's is said by it: that would move too", () => {
    const text =
      "billing: { version: &same 1.4.2, by: a, build: b }\nzulu: { version: *same, by: a, build: b }\n";
    expect(() => edit(text)).to.throw(
      `${file} is written in a way that the line of billing cannot be put into without touching others; write each service on a line of its own, as billing: ${flow}`,
    );
  });
});

describe("the first release of a service", () => {
  const line = `billing: ${flow}`;
  const cases: [title: string, before: string, after: string][] = [
    [
      "comes where the alphabet has it",
      `${header}${old("alpha")}\n${old("zulu")}\n`,
      `${header}${old("alpha")}\n${line}\n${old("zulu")}\n`,
    ],
    ["comes last", `${old("alpha")} # a\n`, `${old("alpha")} # a\n${line}\n`],
    ["comes last in a file without a last line end", old("alpha"), `${old("alpha")}\n${line}`],
    [
      "comes first, below what is said of the file",
      `${header}${old("zulu")}\n`,
      `${header}${line}\n${old("zulu")}\n`,
    ],
    [
      "comes first, above what is said of the next line",
      `${header}\n# last of all\n${old("zulu")}\n`,
      `${header}\n${line}\n# last of all\n${old("zulu")}\n`,
    ],
    [
      "leaves the comment above the next line where it is",
      `${old("alpha")}\n# last of all\n${old("zulu")}\n`,
      `${old("alpha")}\n${line}\n# last of all\n${old("zulu")}\n`,
    ],
    [
      "comes after one on several lines",
      "alpha:\n  version: 1.0.0\n  by: a\n  build: b # c\n\nzulu: { version: 1.0.0, by: a, build: b }\n",
      `alpha:\n  version: 1.0.0\n  by: a\n  build: b # c\n${line}\n\nzulu: { version: 1.0.0, by: a, build: b }\n`,
    ],
    ["takes the place of {}", `${header}{}\n`, `${header}${line}\n`],
    ["takes the place of {} without a line end", "{}", `${line}\n`],
    [
      "comes first behind the mark at the beginning of the file",
      `\uFEFF${old("zulu")}\n`,
      `\uFEFF${line}\n${old("zulu")}\n`,
    ],
    [
      "has the line ends of the others",
      `${old("alpha")}\r\n${old("zulu")}\r\n`,
      `${old("alpha")}\r\n${line}\r\n${old("zulu")}\r\n`,
    ],
    [
      "has the indent of the others",
      `  ${old("alpha")}\n  ${old("zulu")}\n`,
      `  ${old("alpha")}\n  ${line}\n  ${old("zulu")}\n`,
    ],
    [
      "comes before the first that is later, where the lines have another order",
      `${old("zulu")}\n${old("alpha")}\n`,
      `${line}\n${old("zulu")}\n${old("alpha")}\n`,
    ],
  ];
  for (const [title, before, after] of cases) {
    it(title, () => {
      expect(edit(before)).to.equal(after);
    });
  }

  it("is refused in a file that is one block in braces", () => {
    expect(() => edit('{"alpha": {"version": "1.0.0", "by": "a", "build": "b"}}')).to.throw(
      "write each service on a line of its own",
    );
  });

  it("has in quotes what would read as something else", () => {
    const strange = { version: "1.5.0", by: "Zoë, [1] # true: {", build: "null" };
    const text = withRelease("{}", "true", strange, file);
    expect(text).to.equal('"true": { version: 1.5.0, by: "Zoë, [1] # true: {", build: "null" }\n');
    expect(parse(text)).to.deep.equal({ true: strange });
  });
});

describe("any file of releases", () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
  const comment = fc.stringMatching(/^ ?[ -~]{0,12}$/).map((text) => `#${text}`);
  const value = fc.oneof(word, fc.string({ minLength: 1, maxLength: 12 }));
  const version = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)).map((parts) => parts.join("."));
  const space = fc.stringMatching(/^ {1,3}$/);
  const line = fc
    .record({
      name: word,
      version,
      by: value,
      build: value,
      space,
      quoted: fc.boolean(),
      several: fc.boolean(),
    })
    .map(({ name, version, by, build, space, quoted, several }) => {
      const fields = [
        `version: ${version}`,
        `by: ${JSON.stringify(by)}`,
        `build:${space}${JSON.stringify(build)}`,
      ];
      const key = quoted ? `"${name}"` : name;
      return {
        name,
        text: several
          ? `${key}:\n${fields.map((field) => `  ${field}`).join("\n")}`
          : `${key}:${space}{${space}${fields.join(", ")}${space}}`,
      };
    });
  const lines = fc.uniqueArray(
    fc.record({
      line,
      above: fc.array(fc.oneof(comment, fc.constant("")), { maxLength: 2 }),
      beside: fc.option(comment, { nil: undefined }),
    }),
    { selector: ({ line }) => line.name, minLength: 1, maxLength: 6 },
  );
  const release = fc.record({ version, by: value, build: value });
  const textOf = (
    parts: { line: { text: string }; above: string[]; beside: string | undefined }[],
    end: string,
  ) =>
    parts
      .flatMap(({ line, above, beside }) => [
        ...above,
        ...line.text
          .split("\n")
          .map((part, index, all) => (index === all.length - 1 && beside ? `${part} ${beside}` : part)),
      ])
      .map((part) => `${part}${end}`)
      .join("");

  it("keeps every other line as it is when a release changes", () => {
    fc.assert(
      fc.property(lines, fc.nat(), release, fc.constantFrom("\n", "\r\n"), (parts, which, to, end) => {
        const chosen = parts[which % parts.length];
        if (!chosen) throw new Error("no line");
        const text = textOf(parts, end);
        const edited = withRelease(text, chosen.line.name, to, file);
        expect(parse(edited)).to.deep.equal({ ...(parse(text) as object), [chosen.line.name]: to });
        // What is before and after the line, byte by byte, with comments of its own.
        const [before = "", ...after] = text.split(chosen.line.text.replaceAll("\n", end));
        expect(edited.startsWith(before)).to.equal(true);
        expect(edited.endsWith(after.join(chosen.line.text.replaceAll("\n", end)))).to.equal(true);
      }),
      { numRuns: 150 },
    );
  });

  it("has one line more, and every other as it was, with the first release of a service", () => {
    fc.assert(
      fc.property(lines, word, release, fc.constantFrom("\n", "\r\n"), (parts, name, to, end) => {
        fc.pre(!parts.some(({ line }) => line.name === name));
        const text = textOf(parts, end);
        const edited = withRelease(text, name, to, file);
        expect(parse(edited)).to.deep.equal({ ...(parse(text) as object), [name]: to });
        const all = edited.split(end);
        const added = all.findIndex((one) => one.startsWith(`${name}: {`));
        expect(all.toSpliced(added, 1).join(end)).to.equal(text);
      }),
      { numRuns: 150 },
    );
  });
});

describe("the line of a service", () => {
  it("is what the file says of it, without comments around", () => {
    expect(lineIn(`# a\n${old("alpha")} # b\n${old("billing")}\n`, "alpha")).to.equal(old("alpha"));
  });

  for (const [title, text] of [
    ["that the file does not name", old("alpha")],
    ["of a file that is a list", "- billing"],
    ["of an empty file", "# nothing"],
  ] as const) {
    it(`is none for one ${title}`, () => {
      expect(lineIn(text, "billing")).to.equal(undefined);
    });
  }
});

describe("the line of a service that is to go", () => {
  const cases: [title: string, before: string, after: string][] = [
    [
      "goes alone",
      `${header}${old("alpha")}\n${old("billing")}\n${old("zulu")}\n`,
      `${header}${old("alpha")}\n${old("zulu")}\n`,
    ],
    ["goes with the comment beside it", `${old("alpha")}\n${old("billing")} # paid\n`, `${old("alpha")}\n`],
    [
      "leaves the comments above and below",
      `# a\n${old("billing")}\n# z\n${old("zulu")}\n`,
      `# a\n# z\n${old("zulu")}\n`,
    ],
    ["goes from the end of a file without a line end", `${old("alpha")}\n${old("billing")}`, old("alpha")],
    [
      "goes with its line end of other systems",
      `${old("alpha")}\r\n${old("billing")}\r\n`,
      `${old("alpha")}\r\n`,
    ],
    ["leaves the braces of nothing where it is the last", `${header}${old("billing")}\n`, `${header}{}\n`],
    ["is not there to go", `${header}${old("alpha")}\n`, `${header}${old("alpha")}\n`],
  ];
  for (const [title, before, after] of cases) {
    it(title, () => {
      expect(withoutRelease(before, "billing", file)).to.equal(after);
    });
  }

  it("undoes what putting it in did", () => {
    for (const before of [
      `${header}${old("alpha")}\n`,
      old("zulu"),
      `${header}{}\n`,
      `${old("a")}\r\n${old("z")}\r\n`,
    ]) {
      expect(withoutRelease(edit(before), "billing", file)).to.equal(before);
    }
  });

  it("is refused where it cannot go without touching others", () => {
    const block = `{alpha: {version: 1.0.0, by: a, build: b}, billing: {version: 1.4.2, by: a, build: b}}`;
    expect(() => withoutRelease(block, "billing", file)).to.throw(
      "catalog/releases/staging.yaml is written in a way that the line of billing cannot be taken out",
    );
  });
});
