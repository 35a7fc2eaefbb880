import { expect } from "chai";

import { Namespace, podSecurityLabels } from "../../components/namespace";
import { record } from "../support/recorder";

const type = "kubernetes:core/v1:Namespace";

const namespace = () => record(() => new Namespace("services", { namespace: "staging" }));

describe("a namespace", () => {
  it("refuses pods below the restricted level, warns about them and audits them", async () => {
    const { metadata } = (await namespace()).one(type).inputs as { metadata: Record<string, unknown> };
    expect(metadata).to.deep.equal({
      name: "staging",
      labels: {
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "latest",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/audit-version": "latest",
        "pod-security.kubernetes.io/warn": "restricted",
        "pod-security.kubernetes.io/warn-version": "latest",
      },
    });
  });

  it("has time to end: load balancers and claims inside wait for Google", async () => {
    expect((await namespace()).one(type).customTimeouts).to.deep.equal({ delete: "20m" });
  });

  it("can be replaced: it is never protected", async () => {
    expect((await namespace()).keys(({ protect }) => protect)).to.deep.equal([]);
  });

  it("may be labelled with a lower level where one is asked for", () => {
    expect(podSecurityLabels("baseline")["pod-security.kubernetes.io/enforce"]).to.equal("baseline");
  });
});
