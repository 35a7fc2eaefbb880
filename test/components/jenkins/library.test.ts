import { expect } from "chai";

import { library } from "../../../components/jenkins/library";
import { valuesArgs } from "../../support/jenkins-args";

const made = library(valuesArgs.library).globalLibraries.libraries[0];

describe("the shared library", () => {
  it("is named by a pipeline, which cannot choose its version", () => {
    expect(made).to.include({
      name: "platform",
      implicit: false,
      allowVersionOverride: false,
      defaultVersion: "main",
    });
  });

  it("is in its folder of the repository, and is read with a credential", () => {
    expect(made?.retriever.modernSCM.libraryPath).to.equal("jenkins/");
    expect(made?.retriever.modernSCM.scm.gitSource).to.include({
      remote: "https://github.com/acme/infrastructure.git",
      credentialsId: "github-reader",
    });
  });
});
