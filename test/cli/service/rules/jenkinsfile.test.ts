import { expect } from "chai";

import { judgeJenkinsfile } from "../../../../cli/service/rules/jenkinsfile";
import { found, inShort } from "../../../support/service-repository";

const short = async (text: string) => inShort(await found(judgeJenkinsfile, { Jenkinsfile: text }));

describe("the rules for a Jenkinsfile", () => {
  const good: [title: string, text: string][] = [
    ["the three lines", "@Library('platform') _\n\nservicePipeline(stores: ['postgres', 'redis'])\n"],
    ["no store", "@Library('platform') _\nservicePipeline()\n"],
    ["no arguments at all", "@Library('platform') _\nservicePipeline\n"],
    ["double quotes", '@Library("platform") _\nservicePipeline(stores: ["redis"])'],
    [
      "comments",
      "// https://git.example\n@Library('platform') _ /* ours\n */\nservicePipeline(\n  stores: [],\n)\n",
    ],
    ["a name", "@Library('platform') _\nservicePipeline(name: 'search')\n"],
  ];
  for (const [title, text] of good) {
    it(`allow ${title}`, async () => {
      expect(await short(text)).to.deep.equal([]);
    });
  }

  const bad: [title: string, text: string, finding: string][] = [
    ["another library", "@Library('mine') _\nservicePipeline()\n", "Jenkinsfile jenkinsfile-pipeline"],
    [
      "a version of the library, which Jenkins refuses",
      "@Library('platform@v2') _\nservicePipeline()\n",
      "Jenkinsfile jenkinsfile-pipeline",
    ],
    ["a pipeline of its own", "pipeline { agent any }\n", "Jenkinsfile jenkinsfile-pipeline"],
    [
      "a call that is a comment",
      "@Library('platform') _\n// servicePipeline()\n",
      "Jenkinsfile jenkinsfile-pipeline",
    ],
    [
      "steps beside the call",
      "@Library('platform') _\nservicePipeline()\nnode { sh 'env' }\n",
      "Jenkinsfile:3 jenkinsfile-pipeline",
    ],
    [
      "a store that nobody has",
      "@Library('platform') _\nservicePipeline(stores: ['mysql'])\n",
      "Jenkinsfile:2 jenkinsfile-stores",
    ],
    [
      "an argument that nobody reads",
      "@Library('platform') _\nservicePipeline(store: ['redis'])\n",
      "Jenkinsfile:2 jenkinsfile-pipeline",
    ],
  ];
  for (const [title, text, finding] of bad) {
    it(`find ${title}`, async () => {
      expect(await short(text)).to.deep.equal([finding]);
    });
  }

  it("say nothing of a Jenkinsfile that is not there, which another rule does", async () => {
    expect(await found(judgeJenkinsfile, {})).to.deep.equal([]);
  });
});
