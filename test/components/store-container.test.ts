import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { storeContainer, stores, storeVolumes } from "../../components/store-container";
import { root } from "../support/settings";

describe("the container of a store", () => {
  it("is the image that services are tested with on a laptop, to the digest", () => {
    const script = readFileSync(join(root, "templates", "service", "scripts", "stores.sh"), "utf8");
    const laptop = Object.fromEntries(
      [...script.matchAll(/^(postgres|redis)=(.*)$/gm)].map(([, kind = "", image = ""]) => [kind, image]),
    );
    const short = (image: string) => image.replace(/^docker\.io\/(library\/)?/, "");
    expect(laptop).to.deep.equal({
      postgres: short(stores.postgres.image),
      redis: short(stores.redis.image),
    });
  });

  it("has a database of its user's name, which anybody who reaches it may use", () => {
    const { env, readinessProbe } = storeContainer("postgres", "billing");
    expect(env).to.deep.include.members([
      { name: "POSTGRES_USER", value: "billing" },
      { name: "POSTGRES_DB", value: "billing" },
      { name: "POSTGRES_HOST_AUTH_METHOD", value: "trust" },
    ]);
    expect(readinessProbe.exec.command.join(" ")).to.contain("-U billing -d billing");
  });

  it("shares no folder with another store of the same pod", () => {
    const names = (["postgres", "redis"] as const).flatMap(storeVolumes).map(({ name }) => name);
    expect(new Set(names)).to.have.length(names.length);
    for (const kind of ["postgres", "redis"] as const) {
      expect(storeContainer(kind, "any").volumeMounts.map(({ name }) => name)).to.deep.equal(
        storeVolumes(kind).map(({ name }) => name),
      );
    }
  });
});
