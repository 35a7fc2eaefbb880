import { expect } from "chai";

import { secretIn, secretsIn } from "../../policies/secret-text";

/** Put together, or the check of this very repository would find them. */
const joined = (...parts: readonly string[]) => parts.join("");

describe("a text that is a secret", () => {
  const secrets: Readonly<Record<string, string>> = {
    "a private key": joined("-----BEGIN RSA PRIVATE", " KEY-----\nMIIE"),
    "a key of a Google account": joined('{"type":"service_account","private_', 'key_id": "abc"}'),
    "a key of Google's APIs": joined("AI", "za", "x".repeat(35)),
    "an access token of Google's": joined("ya", "29.", "x".repeat(30)),
    "a token of Slack": joined("xo", "xb-1234567890-abc"),
    "a token of GitHub": joined("gh", "p_", "a".repeat(36)),
    "a token that a service signed": joined(
      "ey",
      "JhbGciOiJIUzI1NiJ9.ey",
      "JzdWIiOiIxMjM0NTY3ODkw.",
      "c2lnbmF0dXJl",
    ),
    "an address with a password": joined("postgresql://billing:", "hunter2", "@10.0.0.3:5432/billing"),
  };
  for (const [what, text] of Object.entries(secrets)) {
    it(`is known for ${what}`, () => expect(secretIn(`KEY=${text}\n`)).to.equal(what));
  }

  const harmless = [
    "postgresql://staging--billing%40acme-staging.iam@127.0.0.1:5432/billing?sslmode=disable",
    "rediss://10.0.0.5:6379",
    "http://authentication:80",
    "projects/acme-staging/secrets/billing--key/versions/latest",
    "-----BEGIN CERTIFICATE-----\nMIIE",
    "postgresql://billing:$PASSWORD@localhost/billing",
  ];
  for (const text of harmless) {
    it(`is not ${text.split("\n")[0]}`, () => expect(secretIn(text)).to.equal(undefined));
  }

  it("is found wherever it stands, with the path to it", () => {
    const values = { a: [{ b: "fine" }, { b: secrets["a token of Slack"] }], c: null, d: 1, e: true };
    expect(secretsIn(values)).to.deep.equal([{ path: "a.1.b", secret: "a token of Slack" }]);
  });
});
