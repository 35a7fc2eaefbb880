import { expect } from "chai";
import { parse } from "yaml";

import { cascText, helmText, SecretKey } from "../../../components/jenkins/casc";

describe("configuration as code", () => {
  it("looks up what is meant as a secret, and nothing that only looks like one", () => {
    const text = cascText({ secret: new SecretKey("token"), script: ["echo ${token}"] });
    expect(parse(text)).to.deep.equal({ secret: "${token}", script: ["echo ^${token}"] });
  });

  it("leaves the variables of Kubernetes alone", () => {
    expect(parse(cascText({ args: "$(HOME)" }))).to.deep.equal({ args: "$(HOME)" });
  });

  it("has no template of Helm in it", () => {
    expect(helmText("a {{ .Values.x }} b")).to.equal('a {{ "{{" }} .Values.x }} b');
  });

  it("is the same text for the same configuration, with long lines unbroken and nothing by reference", () => {
    const shared = { a: "x ".repeat(200) };
    const text = cascText({ one: shared, two: shared });
    expect(text).not.to.match(/[&*]a1/);
    expect(text.trimEnd().split("\n")).to.have.length(4);
  });
});
