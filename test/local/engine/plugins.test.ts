/** The plugins that a user has installed. Not proven here: that the real engine loads them, since there are none in CI. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { PluginNotFound, usePlugin } from "../../../local/engine/plugins";

describe("a plugin that the user has installed", () => {
  let folder: string;
  const home = () => join(folder, "engine");
  const install = (version: string, content: string) => {
    const plugin = join(folder, ".pulumi", "plugins", `resource-kubernetes-v${version}`);
    mkdirSync(plugin, { recursive: true });
    writeFileSync(join(plugin, "pulumi-resource-kubernetes"), content);
  };
  const inEngine = (version: string) =>
    readFileSync(
      join(home(), "plugins", `resource-kubernetes-v${version}`, "pulumi-resource-kubernetes"),
      "utf8",
    );

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "platform-plugins-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is found by an engine with a home of its own, again and again", () => {
    install("4.34.2", "the plugin");
    usePlugin(home(), "kubernetes", "4.34.2", { HOME: folder });
    usePlugin(home(), "kubernetes", "4.34.2", { HOME: folder });
    expect(inEngine("4.34.2")).to.equal("the plugin");
  });

  it("is looked for where PULUMI_HOME says", () => {
    install("4.34.2", "the plugin");
    usePlugin(home(), "kubernetes", "4.34.2", { HOME: "/nowhere", PULUMI_HOME: join(folder, ".pulumi") });
    expect(inEngine("4.34.2")).to.equal("the plugin");
  });

  it("must be of the version that the program asks for; the refusal says how to get it", () => {
    install("4.33.0", "an older plugin");
    expect(() => usePlugin(home(), "kubernetes", "4.34.2", { HOME: folder }))
      .to.throw(PluginNotFound)
      .with.property("message")
      .that.includes("pulumi plugin install resource kubernetes 4.34.2");
  });
});
