/** Does not prove that the driver that mounts secrets may read them; only whom Google is told to let. */
import { expect } from "chai";

import { Secrets, type SecretsArgs } from "../../components/secrets";
import { record } from "../support/recorder";

const types = {
  secret: "gcp:secretmanager/secret:Secret",
  member: "gcp:secretmanager/secretIamMember:SecretIamMember",
};
const args: SecretsArgs = {
  prefix: "staging",
  region: "europe-west1",
  secrets: ["payment-key", "signing-key"],
  reader: "serviceAccount:staging--billing@acme.iam.gserviceaccount.com",
  lifecycle: "protected",
};
const secrets = (more: Partial<SecretsArgs> = {}) =>
  record(() => new Secrets("billing", { ...args, ...more }));

describe("the secrets of a service", () => {
  it("are empty containers, named by stack, service and secret, in the environment's own region", async () => {
    const made = (await secrets()).all(types.secret).map(({ inputs }) => inputs);
    const rest = {
      replication: { userManaged: { replicas: [{ location: "europe-west1" }] } },
      labels: { service: "billing" },
      deletionPolicy: "PREVENT",
    };
    expect(made).to.have.deep.members([
      { secretId: "staging--billing--payment-key", ...rest },
      { secretId: "staging--billing--signing-key", ...rest },
    ]);
  });

  it("have no value in the program: nothing but containers and one right on each is made", async () => {
    expect((await secrets()).keys(({ custom }) => custom)).to.deep.equal([
      `${types.secret} billing-payment-key`,
      `${types.secret} billing-signing-key`,
      `${types.member} billing-payment-key`,
      `${types.member} billing-signing-key`,
    ]);
  });

  it("are read by one member each, on the secret and not on the project", async () => {
    const rights = (await secrets()).all(types.member).map(({ inputs }) => inputs);
    const right = { role: "roles/secretmanager.secretAccessor", member: args.reader };
    expect(rights).to.have.deep.members([
      { secretId: "projects/no-project/secrets/staging--billing--payment-key", ...right },
      { secretId: "projects/no-project/secrets/staging--billing--signing-key", ...right },
    ]);
  });

  it("are told to the service by the names it knows, in their newest version", async () => {
    const recording = await secrets();
    const { versions } = recording.outputs.get(recording.one("platform:index:Secrets").urn) as {
      versions: Record<string, string>;
    };
    expect(versions).to.deep.equal({
      "payment-key": "projects/no-project/secrets/staging--billing--payment-key/versions/latest",
      "signing-key": "projects/no-project/secrets/staging--billing--signing-key/versions/latest",
    });
  });

  it("are kept in a protected environment, and the rights on them are not", async () => {
    expect((await secrets()).keys(({ protect }) => protect)).to.deep.equal([
      `${types.secret} billing-payment-key`,
      `${types.secret} billing-signing-key`,
    ]);
  });

  it("are guarded nowhere where they may go", async () => {
    const recording = await secrets({ lifecycle: "disposable" });
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([]);
    expect(recording.all(types.secret).map(({ inputs }) => inputs["deletionPolicy"])).to.deep.equal([
      "DELETE",
      "DELETE",
    ]);
  });
});
