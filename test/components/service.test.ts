/** Does not prove what the chart makes of the values: its own tests do. */
import * as core from "@pulumi/kubernetes/core/v1";
import { expect } from "chai";

import { Service, type ServiceArgs, serviceValues } from "../../components/service";
import { nameOf, record, Secret } from "../support/recorder";
import { serviceEntryOf } from "../support/settings";

const types = {
  release: "kubernetes:helm.sh/v3:Release",
  account: "kubernetes:core/v1:ServiceAccount",
};
const args: ServiceArgs = {
  environment: "staging",
  namespace: "staging",
  entry: serviceEntryOf({ calls: ["routing"] }),
  callers: ["messaging"],
  secrets: {},
  charts: "oci://europe-west1-docker.pkg.dev/acme-ci/charts",
  version: "1.4.2",
  needs: [],
};
const cloudSql = {
  instance: "acme:europe-west1:staging-main-a1b2c3",
  user: "staging--billing@acme.iam",
  migrator: { account: "migrator", user: "staging--migrator@acme.iam" },
};

const service = (more: Partial<ServiceArgs> = {}) =>
  record(() => new Service("billing", { ...args, ...more }));
const valuesOf = (more: Partial<ServiceArgs> = {}) =>
  serviceValues("billing", { ...args, ...more }).environment;

describe("a service", () => {
  it("is one release of an exact version that is taken back when it does not come up", async () => {
    const { values, ...inputs } = (await service()).one(types.release).inputs;
    expect(inputs).to.deep.equal({
      name: "billing",
      namespace: "staging",
      chart: "oci://europe-west1-docker.pkg.dev/acme-ci/charts/billing",
      version: "1.4.2",
      atomic: true,
      timeout: 600,
      maxHistory: 10,
      createNamespace: false,
      // Written by the SDK into every release.
      compat: "true",
    });
    expect(values).to.have.all.keys("environment");
  });

  it("follows its values and versions: a change of none of them is ever overlooked", async () => {
    expect((await service()).one(types.release).ignoreChanges).to.deep.equal([]);
  });

  it("has everything but the release while no version of it is to run", async () => {
    const idle = { ...args };
    delete idle.version;
    const recording = await record(() => new Service("billing", idle));
    expect(recording.keys(({ custom }) => custom)).to.deep.equal([`${types.account} billing`]);
  });

  it("runs as an account of its own name, which is there before it", async () => {
    const recording = await service();
    const account = recording.one(types.account);
    expect(account.inputs["metadata"]).to.deep.equal({ name: "billing", namespace: "staging" });
    expect([...recording.prerequisites(recording.one(types.release).urn)]).to.include(account.urn);
  });

  it("is its Google account to Google where it has one", async () => {
    const googleAccount = "staging--billing@acme.iam.gserviceaccount.com";
    expect((await service({ googleAccount })).one(types.account).inputs["metadata"]).to.deep.include({
      annotations: { "iam.gke.io/gcp-service-account": googleAccount },
    });
  });

  it("starts after what it needs and goes before it", async () => {
    const recording = await record(() => {
      const gate = new core.ConfigMap("gate", {});
      new Service("billing", { ...args, needs: [gate] });
    });
    const { dependencies } = recording.one(types.release);
    expect(dependencies.map(nameOf)).to.include("gate");
  });

  it("can be replaced: nothing of it is protected", async () => {
    expect((await service()).keys(({ protect }) => protect)).to.deep.equal([]);
  });
});

describe("the values of a service", () => {
  it("are what the catalogue says and who calls it, and not more where it needs nothing", () => {
    expect(valuesOf()).to.deep.equal({
      name: "staging",
      owner: "a-team",
      port: 8080,
      replicas: { min: 2, max: 4, cpuPercent: 70 },
      resources: { cpu: "100m", memory: "256Mi" },
      account: "billing",
      secrets: {},
      calls: ["routing"],
      callers: ["messaging"],
    });
  });

  it("say how it gets to its stores, outside the cluster or inside", () => {
    const memorystore = { host: "10.0.0.21", port: 6379, authorities: "a certificate\n" };
    expect(valuesOf({ postgres: { database: "billing", cloudSql }, redis: { memorystore } })).to.deep.include(
      {
        postgres: { database: "billing", cloudSql },
        redis: { memorystore },
      },
    );
    const inCluster = { host: "billing-postgres", user: "billing" };
    expect(
      valuesOf({
        postgres: { database: "billing", inCluster },
        redis: { inCluster: { host: "billing-redis" } },
      }),
    ).to.deep.include({
      postgres: { database: "billing", inCluster },
      redis: { inCluster: { host: "billing-redis" } },
    });
  });

  it("name the place of a secret, which is no secret: in a preview everything can be read", async () => {
    const secrets = { key: "projects/acme/secrets/staging--billing--key/versions/latest" };
    expect(valuesOf({ secrets })).to.deep.include({ secrets });
    const { values } = (await service({ secrets })).one(types.release).inputs;
    expect(JSON.stringify(values)).to.contain(secrets.key);
    expect(values).to.not.be.instanceOf(Secret);
  });

  it("say where the internet finds it only if it exposes something and there is a way in", () => {
    const entry = serviceEntryOf({ exposes: { host: "api", path: "/billing" } });
    const route = { hostname: "api.staging.acme.example", gateway: "public" };
    expect(valuesOf({ entry, route })).to.deep.include({ route: { ...route, path: "/billing" } });
    expect(valuesOf({ entry })).to.not.have.any.keys("route");
    expect(valuesOf({ route })).to.not.have.any.keys("route");
  });
});
