import { expect } from "chai";

import { judgeSecrets } from "../../../../cli/service/rules/secrets";
import { found, inShort } from "../../../support/service-repository";

// Put together here, so that no scanner takes this file for one that leaks.
const slack = ["xoxb", "1234567890", "1234567890123", "abcdefghijklmnopqrstuvwx"].join("-");
const github = `ghp_${"wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"}`;
const key = ["-----BEGIN RSA PRIVATE", "KEY-----"].join(" ") + `\n${"MIIEpAIBAAKCAQEA".repeat(40)}\n`;
const password = ["postgres://search", "pa55word@db.example/search"].join(":");

describe("the rules for secrets", () => {
  it("allow code, examples and what only speaks of secrets", async () => {
    expect(
      await found(judgeSecrets, {
        "src/main.ts": "const token = readFileSync(join(process.env.SECRETS, 'signing-key'));",
        ".env.example": "DATABASE_URL=postgresql://search@127.0.0.1:5432/search",
        "README.md": "The password is in Secret Manager.",
      }),
    ).to.deep.equal([]);
  });

  const bad: [title: string, file: string, text: string, finding: string][] = [
    ["a Slack token", "src/slack.ts", `// hello\nconst token = "${slack}";`, "src/slack.ts:2 no-secrets"],
    ["a GitHub token", "ci.yaml", `token: ${github}`, "ci.yaml:1 no-secrets"],
    [
      "a private key in a text",
      "docs/notes.md",
      `${key}-----END RSA PRIVATE KEY-----`,
      "docs/notes.md:1 no-secrets",
    ],
    ["a password in an address", "config.yaml", `url: ${password}`, "config.yaml:1 no-secrets"],
    ["a file for variables", ".env", "A=1", ".env no-secret-files"],
    ["a key by its ending", "certs/tls.pem", "x", "certs/tls.pem no-secret-files"],
    [
      "the key of a service account",
      "service-account-ci.json",
      "{}",
      "service-account-ci.json no-secret-files",
    ],
  ];
  for (const [title, file, text, finding] of bad) {
    it(`find ${title}`, async () => {
      expect(inShort(await found(judgeSecrets, { [file]: text }))).to.deep.equal([finding]);
    });
  }

  it("never show what they found", async () => {
    const findings = await found(judgeSecrets, { "a.ts": `"${slack}"`, "b.yaml": `url: ${password}` });
    expect(findings).to.have.length(2);
    expect(JSON.stringify(findings)).not.to.include("abcdefghijkl").and.not.to.include("pa55word");
  });

  it("pass over what is no text", async () => {
    expect(await found(judgeSecrets, { "logo.png": `\0${github}` })).to.deep.equal([]);
  });
});
