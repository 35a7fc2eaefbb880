import { expect } from "chai";

import { requestOf } from "../../../components/agents/pod-request";

const container = (cpu: string, memory: string) => ({
  name: "any",
  resources: { requests: { cpu, memory } },
});

describe("what a pod requests", () => {
  it("is what its containers request together", () => {
    expect(requestOf({ containers: [container("2", "4Gi"), container("250m", "512Mi")] })).to.deep.equal({
      millicpus: 2250,
      mebibytes: 4608,
    });
  });

  it("is never guessed from a unit that nobody uses here", () => {
    expect(() => requestOf({ containers: [container("1", "4G")] })).to.throw('"4G" is no memory in Mi or Gi');
  });
});
