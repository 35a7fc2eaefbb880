import { expect } from "chai";

import { KubernetesAccount } from "../../components/kubernetes-account";
import { record } from "../support/recorder";

const type = "kubernetes:core/v1:ServiceAccount";
const account = (googleAccount?: string) =>
  record(
    () =>
      new KubernetesAccount("billing", {
        namespace: "staging",
        ...(googleAccount !== undefined && { googleAccount }),
      }),
  );

describe("a Kubernetes account", () => {
  it("is called as it is, mounts its token nowhere and is nobody else to Google", async () => {
    expect((await account()).one(type).inputs).to.deep.include({
      metadata: { name: "billing", namespace: "staging" },
      automountServiceAccountToken: false,
    });
  });

  it("acts as a Google account where it has one", async () => {
    const email = "staging--billing@acme.iam.gserviceaccount.com";
    expect((await account(email)).one(type).inputs).to.deep.include({
      metadata: {
        name: "billing",
        namespace: "staging",
        annotations: { "iam.gke.io/gcp-service-account": email },
      },
      automountServiceAccountToken: false,
    });
  });

  it("can be replaced: nothing of it is protected", async () => {
    expect((await account()).keys(({ protect }) => protect)).to.deep.equal([]);
  });
});
