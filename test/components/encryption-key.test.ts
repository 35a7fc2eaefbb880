import * as random from "@pulumi/random";
import { expect } from "chai";

import { EncryptionKey, type EncryptionKeyArgs } from "../../components/encryption-key";
import { nameOf, record } from "../support/recorder";

const args: EncryptionKeyArgs = {
  prefix: "staging",
  project: "acme",
  location: "europe-west1",
  usedBy: "container.googleapis.com",
  lifecycle: "protected",
};
const types = {
  suffix: "random:index/randomId:RandomId",
  ring: "gcp:kms/keyRing:KeyRing",
  key: "gcp:kms/cryptoKey:CryptoKey",
  grant: "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
  agent: "gcp:projects/serviceIdentity:ServiceIdentity",
};

const key = (more: Partial<EncryptionKeyArgs> = {}) =>
  record(() => new EncryptionKey("secrets", { ...args, ...more }));

describe("an encryption key", () => {
  it("is protected with its ring and its name, in a protected environment", async () => {
    expect((await key()).keys(({ protect }) => protect)).to.deep.equal([
      `${types.key} secrets`,
      `${types.ring} secrets`,
      `${types.suffix} secrets`,
    ]);
    expect((await key()).one(types.key).inputs["deletionPolicy"]).to.equal("PREVENT");
  });

  it("is protected nowhere in a disposable environment", async () => {
    const recording = await key({ lifecycle: "disposable" });
    expect(recording.keys(({ protect }) => protect)).to.deep.equal([]);
    expect(recording.one(types.key).inputs["deletionPolicy"]).to.equal("DELETE");
  });

  it("turns over every 90 days at the latest", async () => {
    expect((await key()).one(types.key).inputs).to.include({
      rotationPeriod: `${90 * 24 * 3600}s`,
      purpose: "ENCRYPT_DECRYPT",
    });
  });

  it("gets another name with its ring when project or place change, since Google frees neither", async () => {
    const names = async (more: Partial<EncryptionKeyArgs>) => {
      const recording = await key(more);
      return [types.ring, types.key].map((type) => recording.one(type).inputs["name"] as string);
    };
    const first = await names({});
    expect(first[0]).to.match(/^staging-secrets-[0-9a-f]{6}$/);
    expect(await names({ project: "other" })).not.to.have.members(first);
    expect(await names({ location: "europe-west4" })).not.to.have.members(first);
    expect(await names({ lifecycle: "disposable" })).to.have.ordered.members(first);
  });

  it("may be used by the one service agent that it is for, and by nobody else", async () => {
    const recording = await key();
    expect(recording.one(types.agent).inputs).to.deep.equal({
      project: "acme",
      service: "container.googleapis.com",
    });
    const { inputs, propertyDependencies } = recording.one(types.grant);
    expect(inputs["role"]).to.equal("roles/cloudkms.cryptoKeyEncrypterDecrypter");
    expect(propertyDependencies["member"]?.map(nameOf)).to.deep.equal(["secrets"]);
    expect(propertyDependencies["member"]?.[0]).to.include(types.agent);
  });

  it("shows its id only when its user may use it", async () => {
    let id: string | undefined;
    const recording = await record(() => {
      const made = new EncryptionKey("secrets", args);
      new random.RandomId("user", { byteLength: 3, keepers: { key: made.id } });
      made.id.apply((value) => (id = value));
    });
    expect(id).to.match(/\/cryptoKeys\/staging-secrets-[0-9a-f]{6}$/);
    expect(recording.one(types.suffix, "user").propertyDependencies["keepers"]).to.include(
      recording.one(types.grant).urn,
    );
  });
});
