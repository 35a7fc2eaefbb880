/** `./platform preview` as a person or a pipeline types it: processes, exit codes, and what stays behind. */
import { execFile, execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { previewDocument } from "../../cli/preview/document";
import { findEngine } from "../../local/engine/find";
import { commitAll, git } from "../support/git";
import { root, temporaryFolder } from "../support/plan-world";

/** What nobody may find anywhere afterwards. */
const sentinel = "c2VudGluZWwtb2YtYS1zZWNyZXQ";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A checkout of everything that this one has, committed, with `Pulumi.ci.yaml` holding the sentinel. */
function checkout(): string {
  const folder = temporaryFolder("platform-checkout-");
  const files = execFileSync(
    "git",
    ["-C", root, "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
    {
      encoding: "utf8",
    },
  );
  for (const file of files.split("\0").filter((name) => name !== "" && existsSync(join(root, name)))) {
    cpSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, ".gitignore"), "node_modules\n.local\n.local-install\nPulumi.popup-*.yaml\n");
  edit(folder, "Pulumi.ci.yaml", /secure: .*/, `secure: ${sentinel}`);
  commitAll(folder, "the base");
  return folder;
}

function edit(folder: string, file: string, from: RegExp | string, to: string): void {
  const before = readFileSync(join(folder, file), "utf8");
  const after = before.replace(from, to);
  if (after === before) throw new Error(`the edit of ${file} changes nothing`);
  writeFileSync(join(folder, file), after);
}

/** A folder with a `pulumi` that writes down what it is asked for, and then is the real one. */
function recordingEngine(real: string, commands: string): string {
  const folder = temporaryFolder("platform-engine-");
  writeFileSync(join(folder, "pulumi"), `#!/bin/sh\necho "$1" >> ${commands}\nexec ${real} "$@"\n`, {
    mode: 0o755,
  });
  return folder;
}

/** Every file below a folder whose text holds the words. */
function filesWith(words: string, folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file).size < 50_000_000 && readFileSync(file).includes(words));
}

describe("platform preview", () => {
  let folder: string;
  let cache: string;
  /** File with a line for each command that the engine was given. */
  let commands: string;
  let environment: Record<string, string>;

  before(async () => {
    folder = checkout();
    cache = temporaryFolder("platform-cache-");
    const temporary = temporaryFolder("platform-tmp-");
    commands = join(temporaryFolder("platform-commands-"), "commands");
    const engine = recordingEngine((await findEngine()).command, commands);
    environment = { PATH: `${engine}:${process.env["PATH"]}`, PLATFORM_CACHE: cache, TMPDIR: temporary };
  });
  afterEach(() => {
    git(folder, "checkout", "--quiet", "--", ".");
    git(folder, "clean", "--quiet", "--force");
  });

  const preview = (args: string[], env = environment): Promise<Ended> =>
    new Promise((resolve) => {
      execFile(join(folder, "platform"), ["preview", ...args], { cwd: "/", env }, (error, out, err) => {
        resolve({ code: error ? Number(error.code) : 0, out, err });
      });
    });

  /** What a change of this file's secrets must not be found in. */
  const traces = () => [...filesWith(sentinel, cache), ...filesWith(sentinel, environment["TMPDIR"] ?? "")];

  it("says in one line for each stack that nothing changes", async () => {
    const { code, out, err } = await preview(["--base", "HEAD"]);
    expect(code, err).to.equal(0);
    expect(out).to.match(
      /^Base: [0-9a-f]{7} "the base" \(HEAD\)\nHead: the files of this checkout\n\nci: no changes \(\d+ resources\)\n\npopups: no changes \(\d+ resources\)\n\nstaging: no changes \(\d+ resources\)\n\nproduction: no changes \(\d+ resources\)\n$/,
    );
  });

  it("brings the same base up once, and says the same from the cache", async () => {
    edit(folder, "Pulumi.ci.yaml", "releaseChannel: REGULAR", "releaseChannel: STABLE");
    edit(folder, "catalog/services/billing.yaml", "stores:", "# another tree\nstores:");
    git(folder, "commit", "--quiet", "--all", "--message", "not in the cache");
    edit(folder, "Pulumi.ci.yaml", "releaseChannel: STABLE", "releaseChannel: RAPID");
    rmSync(commands, { force: true });
    const first = await preview(["--base", "HEAD", "--stack", "ci"]);
    const inFirst = readFileSync(commands, "utf8");
    rmSync(commands);
    const second = await preview(["--base", "HEAD", "--stack", "ci"]);
    const inSecond = readFileSync(commands, "utf8");
    git(folder, "reset", "--quiet", "--hard", "HEAD~1");
    expect(first.code, first.err).to.equal(0);
    expect(first.out).to.match(
      /with what is not committed\n\nci: 1 to update, \d+ unchanged\n {2}Changed in place\n {4}~ Cluster › Cluster main\n {8}releaseChannel\.channel: "STABLE" → "RAPID"\n$/,
    );
    expect(second.out).to.equal(first.out);
    expect(inFirst).to.match(/^up$/m);
    expect(inSecond)
      .to.match(/^preview$/m)
      .and.to.not.match(/^up$/m);
  });

  it("needs no variable but PATH", async () => {
    // Nobody says where the cache is, so it is the user's own.
    const own = join(homedir(), ".cache", "acme-platform", "preview", "bases");
    const before = existsSync(own) ? readdirSync(own) : [];
    const { code, out, err } = await preview(["--base", "HEAD", "--stack", "ci"], {
      PATH: environment["PATH"] ?? "",
    });
    for (const entry of readdirSync(own).filter((name) => !before.includes(name))) {
      expect(filesWith(sentinel, join(own, entry))).to.deep.equal([]);
      rmSync(join(own, entry), { recursive: true });
    }
    expect(code, err).to.equal(0);
    expect(out).to.match(/^ci: no changes \(\d+ resources\)$/m);
  });

  it("leaves no trace of a secret, whether it stays, is another, or stands there unencrypted", async () => {
    edit(folder, "Pulumi.ci.yaml", `secure: ${sentinel}`, `secure: ${sentinel}Mg==`);
    const rotated = await preview(["--base", "HEAD", "--stack", "ci"]);
    expect(rotated.code, rotated.err).to.equal(0);
    expect(rotated.out).to.match(
      /~ Alerts › NotificationChannel platform-slack\n {8}\S+: \[secret\] → another\n$/,
    );
    expect(`${rotated.out}${rotated.err}`).to.not.include(sentinel).and.to.not.include("placeholder");

    edit(folder, "Pulumi.ci.yaml", /platform:slackToken:\n +secure: .*/, `platform:slackToken: ${sentinel}`);
    const plain = await preview(["--base", "HEAD", "--stack", "ci"]);
    expect(plain.code).to.equal(2);
    expect(plain.out).to.include("slackToken");
    expect(`${plain.out}${plain.err}`).to.not.include(sentinel);

    // The same mistake in the base: its own program refuses it.
    git(folder, "commit", "--quiet", "--all", "--message", "a mistake");
    git(folder, "tag", "mistake");
    edit(folder, "Pulumi.ci.yaml", /platform:slackToken: .*/, "platform:slackToken:\n    secure: bmV3");
    const based = await preview(["--base", "HEAD", "--stack", "ci"]);
    git(folder, "reset", "--quiet", "--hard", "HEAD~1");
    expect(based.code).to.equal(1);
    expect(based.out).to.match(/ci: no plan: the base [0-9a-f]{7} does not come up here/);
    expect(`${based.out}${based.err}`).to.not.include(sentinel);

    expect(traces()).to.deep.equal([]);
  });

  it("keeps what it keeps to the user, without secrets in the clear", () => {
    const kept = join(cache, "preview", "bases");
    expect(readdirSync(kept)).to.not.deep.equal([]);
    expect(statSync(kept).mode & 0o077).to.equal(0);
    expect(filesWith("placeholder-for", kept)).to.deep.equal([]);
    // Of the settings only what is encrypted: others may hold what nobody knew to be secret.
    expect(filesWith("platform:owner", join(kept))).to.deep.equal([]);
  });

  it("ends with 3 where up would refuse, after the whole plan, as text and as a document", async () => {
    rmSync(join(folder, "catalog/services/billing.yaml"));
    edit(folder, "catalog/releases/staging.yaml", /^billing: .*\n/m, "");
    const { code, out, err } = await preview(["--base", "HEAD", "--stack", "staging"]);
    expect(code, err).to.equal(3);
    expect(out).to.match(/staging: `up` refuses, 2 guarded, 26 to delete, 1 to update, \d+ unchanged\n/);
    expect(out.indexOf("Database billing, deleted")).to.be.below(out.indexOf("User billing, deleted"));
    expect(err).to.include("it would take away what is guarded");

    const json = await preview(["--base", "HEAD", "--stack", "staging", "--json"]);
    expect(json.code).to.equal(3);
    const document = previewDocument.parse(JSON.parse(json.out));
    expect(document.stacks[0]).to.deep.include({ status: "refused", counts: { delete: 26, update: 1 } });
    expect(document.stacks[0]?.refusals[0]).to.include("cannot be deleted");
  });

  it("shows every stack even where one has no plan, and every mistake in its settings", async () => {
    edit(folder, "Pulumi.staging.yaml", "releaseChannel:", "releaseChanel:");
    edit(folder, "Pulumi.staging.yaml", "region: europe-west1", "region: europe-wset1");
    const { code, out } = await preview(["--base", "HEAD", "--stack", "staging", "--stack", "ci"]);
    expect(code).to.equal(2);
    expect(out).to.include("staging: no plan: ");
    expect(out).to.include("did you mean releaseChannel?").and.to.include("did you mean europe-west1?");
    expect(out).to.match(/^ci: no changes \(\d+ resources\)$/m);
  });

  it("keeps the other stacks' plans where something unexpected is wrong with one", async () => {
    edit(folder, "Pulumi.yaml", "name: platform", "name: platforms");
    const renamed = await preview(["--base", "HEAD", "--stack", "ci"]);
    expect(renamed.code).to.equal(1);
    expect(renamed.out).to.include(
      "ci: no plan: Pulumi.yaml calls the project platforms here and platform in the base",
    );
    git(folder, "checkout", "--quiet", "--", ".");

    rmSync(join(folder, "catalog"), { recursive: true });
    const { code, out } = await preview(["--base", "HEAD", "--stack", "staging", "--json"]);
    expect(code).to.not.equal(0);
    const [stack] = previewDocument.parse(JSON.parse(out)).stacks;
    expect(stack?.status).to.equal("failed");
    expect(stack?.message).to.include("catalog");
  });

  it("knows a stack that is new, one that is gone, and a pop-up from its template", async () => {
    rmSync(join(folder, "Pulumi.staging.yaml"));
    const gone = await preview(["--base", "HEAD", "--stack", "staging"]);
    expect(gone.code, gone.err).to.equal(0);
    expect(gone.out).to.include("staging: Pulumi.staging.yaml is gone; nothing is destroyed by that");

    git(folder, "commit", "--quiet", "--all", "--message", "without staging");
    git(folder, "checkout", "--quiet", "HEAD~1", "--", "Pulumi.staging.yaml");
    const fresh = await preview(["--base", "HEAD", "--stack", "staging"]);
    git(folder, "reset", "--quiet", "--hard", "HEAD~1");
    expect(fresh.out).to.match(/staging: a new stack, \d+ to create, 0 unchanged\n {2}New\n/);
    expect(fresh.out).to.match(/… and \d+ more \(--all lists them\)/);

    edit(folder, "templates/popup.yaml", "spot: true", "spot: false");
    const popup = await preview(["--base", "HEAD", "--stack", "popup-demo"]);
    expect(popup.out).to.match(
      /popup-demo: 1 to replace, \d+ unchanged\n {2}Replaced or deleted\n {4}± NodePool/,
    );
  });

  it("says what is wrong with the command, and tries nothing", async () => {
    const wrong: readonly [string[], string][] = [
      [[], "required option '--base <ref>' not specified"],
      [["--base", "nowhere"], '"nowhere" is no commit here'],
      [
        ["--base", "HEAD", "--stack", "stagin"],
        '"stagin" is no stack of this program; allowed: ci, popups, staging',
      ],
      [["--base", "HEAD", "--stacks", "ci"], "unknown option '--stacks'"],
    ];
    for (const [args, message] of wrong) {
      const { code, out, err } = await preview(args);
      expect(code, args.join(" ")).to.equal(2);
      expect(err).to.include(message);
      expect(out).to.equal("");
      const json = await preview([...args, "--json"]);
      const told = JSON.parse(json.out) as { error: string; exitCode: number };
      expect(told.error).to.include(message);
      expect(told.exitCode).to.equal(2);
    }
  });

  const interruptions: readonly [string, (command: number) => void][] = [
    ["Ctrl-C, which reaches all of its processes", (pid) => process.kill(-pid, "SIGINT")],
    ["a signal to the command alone", (pid) => process.kill(pid, "SIGTERM")],
  ];
  for (const [how, interrupt] of interruptions) {
    it(`leaves nothing at work after ${how}`, async () => {
      edit(folder, "catalog/services/billing.yaml", "stores:", `# ${how}\nstores:`);
      git(folder, "commit", "--quiet", "--all", "--message", "not in the cache");
      const atWork = join(cache, "preview", "at-work");
      mkdirSync(atWork, { recursive: true });
      const command = spawn(join(folder, "platform"), ["preview", "--base", "HEAD"], {
        env: environment,
        detached: true,
      });
      let err = "";
      command.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
      const ended = new Promise<number | null>((resolve) => command.once("close", resolve));
      while (!readdirSync(atWork).some((name) => existsSync(join(atWork, name, "state")))) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      interrupt(command.pid ?? 0);
      expect(await ended).to.equal(1);
      git(folder, "reset", "--quiet", "--hard", "HEAD~1");
      expect(readdirSync(atWork)).to.deep.equal([]);
      const left = execFileSync("ps", ["-e", "-ww", "-o", "pid=,args="], { encoding: "utf8" })
        .split("\n")
        .filter((line) => line.includes(cache) || line.includes(folder));
      expect(left).to.deep.equal([]);
      expect(err).to.include("interrupted; nothing was changed");
    });
  }
});
