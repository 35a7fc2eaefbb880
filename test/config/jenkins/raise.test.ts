import { expect } from "chai";

import { changes, parsePlugins, type Raise, raised, RaiseError } from "../../../config/jenkins/raise";
import { jenkinsRelease } from "../../../config/jenkins/release";

const now = { ...jenkinsRelease, plugins: { git: "5.10.1", slack: "795.v4b_1" } };
const raise: Raise = {
  chart: "5.9.54",
  core: "2.568.3",
  images: { configReload: "2.10.2", agent: "3386.v2-1" },
  plugins: "# closure\nslack:796.v1\ngit:5.10.1\n\njunit:1421.v99cb\n",
};

describe("a raise of Jenkins", () => {
  it("replaces chart, core, images and plugins together, and says what changed", () => {
    const next = raised(now, raise);
    expect(next.images.controller.tag).to.equal("2.568.3-jdk21");
    expect(Object.keys(next.plugins)).to.deep.equal(["git", "junit", "slack"]);
    expect(changes(now, next)).to.deep.equal([
      "chart: 5.9.53 -> 5.9.54",
      "core: 2.568.2 -> 2.568.3",
      "image controller: 2.568.2-jdk21 -> 2.568.3-jdk21",
      "image configReload: 2.10.1 -> 2.10.2",
      `image agent: ${jenkinsRelease.images.agent.tag} -> 3386.v2-1`,
      "plugin slack: 795.v4b_1 -> 796.v1",
      "plugin junit: (none) -> 1421.v99cb",
    ]);
  });

  it("keeps the digest of an image whose tag stays, and takes none along to another tag", () => {
    const digest = `sha256:${"1".repeat(64)}`;
    const { controller, configReload, agent } = now.images;
    const images = {
      controller: { ...controller, digest },
      configReload: { ...configReload, digest },
      agent,
    };
    const kept = { ...raise.images, configReload: configReload.tag };
    const next = raised({ ...now, images }, { ...raise, images: kept });
    expect(next.images.configReload).to.deep.equal(images.configReload);
    expect(next.images.controller.digest).to.equal(undefined);
  });

  it("is refused without a plugin that is pinned now: the list is not the closure", () => {
    expect(() => raised(now, { ...raise, plugins: "git:5.11.0" })).to.throw(
      RaiseError,
      "slack is pinned now",
    );
    expect(() => raised(now, { ...raise, plugins: "" })).to.throw(RaiseError, "git, slack are pinned now");
  });

  it("is refused to an older core, whose Jenkins cannot read the home", () => {
    expect(() => raised(now, { ...raise, core: "2.555.1" })).to.throw(RaiseError, "older than 2.568.2");
  });

  it("is refused with a chart that is no exact version", () => {
    expect(() => raised(now, { ...raise, chart: "^5.9" })).to.throw(RaiseError, "chart: one exact version");
  });

  it("names every line that is no NAME:VERSION, and every name that comes twice", () => {
    expect(() => parsePlugins("git\nslack:latest\njunit:1.0\njunit:1.1")).to.throw(
      RaiseError,
      /line 1 is "git".*\nline 2 is "slack:latest".*\nline 4 names junit again/,
    );
  });
});
