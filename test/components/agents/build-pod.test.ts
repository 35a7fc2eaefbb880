/** Does not prove that BuildKit builds in it: that takes a kernel with user namespaces. What the API server says of it is in test/full/agents. */
import { expect } from "chai";

import { buildLabel, buildPod, type BuildPodArgs } from "../../../components/agents/build-pod";

const args: BuildPodArgs = {
  account: "builder",
  pool: { name: "builds", taint: "builds" },
  images: { agent: "jenkins/inbound-agent:1", tools: "example.com/tools:1", buildkit: "moby/buildkit:1" },
  registry: {
    images: "host.example/acme/images",
    charts: "host.example/acme/charts",
    cache: "host.example/acme/cache",
  },
  stores: [],
};
const pod = (more: Partial<BuildPodArgs> = {}) => buildPod({ ...args, ...more });
interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly { name: string; value: string }[];
  readonly securityContext: object;
}
const container = (name: string, more: Partial<BuildPodArgs> = {}): Container | undefined =>
  pod(more).containers.find((one: Container) => one.name === name);
const variables = (name: string) =>
  Object.fromEntries((container(name)?.env ?? []).map((one) => [one.name, one.value]));

describe("the pod of a build", () => {
  it("has the label that the library asks for: the stores are sorted", () => {
    expect(buildLabel([])).to.equal("service-build");
    expect(buildLabel(["redis", "postgres"])).to.equal("service-build-postgres-redis");
  });

  it("tells the Makefile where images, charts and layers go", () => {
    expect(variables("build")).to.include({
      IMAGES: "host.example/acme/images",
      CHARTS: "oci://host.example/acme/charts",
      CHART_BASE: "oci://host.example/acme/charts/service-base",
      REGISTRY_CACHE: "host.example/acme/cache",
    });
  });

  it("has BuildKit on a socket that nobody but the build sees", () => {
    const socket = variables("build")["BUILDKIT_HOST"];
    expect(socket).to.match(/^unix:\/\/\//);
    expect(container("buildkitd")?.args).to.include(`--addr=${socket}`);
    const sharing = pod({ stores: ["postgres", "redis"] }).containers.filter(({ volumeMounts }) =>
      volumeMounts.some(({ name }) => name === "buildkit-socket"),
    );
    expect(sharing.map(({ name }) => name)).to.deep.equal(["build", "buildkitd"]);
  });

  it("unconfines BuildKit alone, and never the pod, which would be everything", () => {
    const { securityContext, containers } = pod({ stores: ["postgres", "redis"] });
    expect(JSON.stringify(securityContext)).to.not.contain("Unconfined");
    const unconfined = containers.filter((one) => JSON.stringify(one).includes("Unconfined"));
    expect(unconfined.map(({ name }) => name)).to.deep.equal(["buildkitd"]);
    expect(JSON.stringify(containers)).to.not.contain("privileged");
  });

  it("keeps layers on the disk of the node, never more than it has", () => {
    const state = pod().volumes.find(({ name }) => name === "buildkit-state");
    expect(state).to.deep.equal({ name: "buildkit-state", emptyDir: { sizeLimit: "60Gi" } });
  });

  it("has the stores that are asked for on localhost, as users of their own images", () => {
    expect(pod().containers.map(({ name }) => name)).to.deep.equal(["jnlp", "build", "buildkitd"]);
    const names = pod({ stores: ["postgres", "redis"] }).containers.map(({ name }) => name);
    expect(names).to.deep.equal(["jnlp", "build", "buildkitd", "postgres", "redis"]);
    const postgres = container("postgres", { stores: ["postgres"] });
    expect(postgres?.securityContext).to.include({ runAsUser: 999, readOnlyRootFilesystem: true });
    expect(postgres?.env).to.deep.include({ name: "POSTGRES_USER", value: "postgres" });
  });

  it("mounts only what it has, and all of it once", () => {
    for (const stores of [[], ["postgres"], ["redis"], ["postgres", "redis"]] as const) {
      const { containers, volumes } = pod({ stores });
      const names = volumes.map(({ name }) => name);
      expect(new Set(names)).to.have.length(names.length);
      const mounted = new Set(containers.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name)));
      expect([...mounted].sort()).to.deep.equal([...names].sort());
    }
  });
});
