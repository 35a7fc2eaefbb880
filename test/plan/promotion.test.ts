/** What the pipeline reads before it deploys: the real engine's `pulumi preview --json`, and the command's word on it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { runCommand } from "../../local/engine/command";
import { startLanguageHost } from "../../local/engine/language-host";
import {
  errorsOf,
  type PlanWorld,
  programCopy,
  root,
  startPlanWorld,
  temporaryFolder,
} from "../support/plan-world";
import { checkoutAt } from "../support/release-checkout";

const releases = "catalog/releases/staging.yaml";
const newer = (text: string) => text.replace("version: 1.4.2", "version: 1.4.3");
const without = (text: string) => text.replace(/^billing: .*\n/m, "");

describe("a plan of the engine for staging", () => {
  let plan: PlanWorld;
  const file = join(temporaryFolder("platform-promotion-"), "plan.json");

  before(async () => {
    plan = await startPlanWorld();
    // Who deploys to staging is made by ci.
    for (const stack of ["ci", "staging"]) expect(errorsOf(await plan.up(stack)), stack).to.equal("");
  });
  after(() => plan.close());

  /** Previews the program with these edits as `pulumi preview --json` does, and asks about billing. */
  async function asked(edits: Readonly<Record<string, (text: string) => string>>, ...args: string[]) {
    const program = programCopy(edits);
    const workspace = await plan.workspace("staging", { program });
    const host = await startLanguageHost({ programFolder: program });
    const flags = ["preview", "--stack", "staging", "--json", `--client=${host.address}`];
    const { stdout, stderr, exitCode } = await runCommand(workspace, flags).finally(() => host.close());
    expect(exitCode, stderr).to.equal(0);
    writeFileSync(file, stdout);
    return checkoutAt(root).run("check", "billing", "--plan", file, ...args);
  }

  it("passes with another version of one service, and with the resource to aim at", async () => {
    const { out, error } = await asked({ [releases]: newer });
    expect(error?.message).to.equal(undefined);
    expect(out).to.equal("the up of staging will take billing from 1.4.2 to 1.4.3, and touch nothing else\n");
    const { out: targets } = await checkoutAt(root).run("check", "billing", "--plan", file, "--targets");
    expect(targets).to.equal(
      "urn:pulumi:staging::platform::platform:index:Service$kubernetes:helm.sh/v3:Release::billing\n",
    );
  });

  it("is refused with another edit beside it, and the other resource is named", async () => {
    const { error } = await asked({
      [releases]: newer,
      "components/namespace.ts": (text) =>
        text.replace("podSecurityLabels(args.pods.level)", 'podSecurityLabels("privileged")'),
    });
    expect(error?.exitCode).to.equal(3);
    expect(error?.message).to.include("  update ").and.include("Namespace services\n");
  });

  it("is refused with other values of the same release, which nobody has reviewed as such", async () => {
    const { error } = await asked({
      [releases]: newer,
      "catalog/services/billing.yaml": (text) => `${text}port: 9090\n`,
    });
    expect(error?.exitCode).to.equal(3);
    expect(error?.message).to.include(
      "update Service › Release billing (not only its version differs: values)",
    );
  });

  it("is refused where nothing changes", async () => {
    const { error } = await asked({});
    expect(error?.exitCode).to.equal(3);
    expect(error?.message).to.match(
      /^there is nothing to deploy: staging has this version of billing already/,
    );
  });

  it("passes with a first version when that is said, with what watches the service", async () => {
    const gone = programCopy({ [releases]: without });
    expect(errorsOf(await plan.up("staging", { program: gone }))).to.equal("");
    const { error } = await asked({ [releases]: newer });
    expect(error?.message).to.include("create Service › Release billing (no version ran there before");
    const { out, error: first } = await checkoutAt(root).run("check", "billing", "--plan", file, "--first");
    expect(first?.message).to.equal(undefined);
    expect(out).to.match(/^the up of staging will put in billing 1\.4\.3, its first version there/);
  });
});
