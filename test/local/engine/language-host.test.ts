import { expect } from "chai";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeClient, LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { ProgramInfo, RunRequest, type RunResponse } from "@pulumi/pulumi/proto/language_pb";

import { type LanguageHost, startLanguageHost } from "../../../local/engine/language-host";

describe("the language host", () => {
  let folder: string;
  let host: LanguageHost;
  let client: LanguageRuntimeClient;
  let output: string;
  let heard: (() => void)[];

  /** Starts the host for a program whose own SDK is `sdk`, a script that stands in for the real one. */
  const start = async (sdk: string, extra: { env?: Record<string, string>; nodeArgs?: string[] } = {}) => {
    const runner = join(folder, "node_modules", "@pulumi", "pulumi", "cmd", "run");
    mkdirSync(runner, { recursive: true });
    writeFileSync(join(runner, "index.js"), sdk);
    output = "";
    heard = [];
    const onOutput = (text: string) => {
      output += text;
      for (const wake of heard.splice(0)) wake();
    };
    host = await startLanguageHost({ programFolder: folder, onOutput, ...extra });
    client = new LanguageRuntimeClient(host.address, grpc.credentials.createInsecure());
  };
  const request = () => {
    const info = new ProgramInfo()
      .setRootDirectory("/elsewhere")
      .setProgramDirectory("/elsewhere")
      .setEntryPoint(".");
    const result = new RunRequest()
      .setProject("toy")
      .setStack("staging")
      .setMonitorAddress("127.0.0.1:1")
      .setArgsList(["127.0.0.1:2"]);
    return result.setOrganization("organization").setParallel(7).setInfo(info);
  };
  const run = (what = request()) =>
    new Promise<RunResponse>((resolve, reject) =>
      client.run(what, (error, response) => (error ? reject(error) : resolve(response))),
    );
  const firstOutput = () => new Promise<void>((resolve) => (output === "" ? heard.push(resolve) : resolve()));
  const alive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const ended = async (pid: number) => {
    while (alive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "language-host-")));
  });

  afterEach(async () => {
    client?.close();
    await host?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("starts the SDK of the program's folder there, whatever folder the engine works in", async () => {
    await start("console.log(JSON.stringify([process.cwd(), process.argv.slice(2)]))");
    expect((await run(request().setDryrun(true))).toObject()).to.deep.include({ error: "", bail: false });
    expect(JSON.parse(output)).to.deep.equal([
      folder,
      [
        [
          "--monitor",
          "127.0.0.1:1",
          "--engine",
          "127.0.0.1:2",
          "--organization",
          "organization",
          "--project",
          "toy",
        ],
        [
          "--root-directory",
          folder,
          "--stack",
          "staging",
          "--pwd",
          folder,
          "--dry-run",
          "--parallel",
          "7",
          ".",
        ],
      ].flat(),
    ]);
  });

  it("follows `main` of the project into a folder below", async () => {
    await start("console.log(process.argv[process.argv.indexOf('--pwd') + 1])");
    await run(
      request().setInfo(
        new ProgramInfo()
          .setRootDirectory("/elsewhere")
          .setProgramDirectory("/elsewhere/deep")
          .setEntryPoint("."),
      ),
    );
    expect(output.trim()).to.equal(join(folder, "deep"));
  });

  it("gives the program its settings and none of the user's variables", async () => {
    process.env["OF_THE_USER"] = "secret";
    process.env["TZ"] = "Asia/Tokyo";
    try {
      await start("console.log(JSON.stringify(process.env))", { env: { GIVEN: "yes" } });
      const what = request().setConfigsecretkeysList(["toy:password"]);
      what.getConfigMap().set("toy:greeting", "hello").set("toy:config:old", "1");
      await run(what);
      const env = JSON.parse(output) as Record<string, string>;
      expect(env).to.include({
        GIVEN: "yes",
        TZ: "Asia/Tokyo",
        PULUMI_NODEJS_TYPESCRIPT: "true",
        PATH: process.env["PATH"],
      });
      expect(env).not.to.have.property("OF_THE_USER");
      expect(JSON.parse(env["PULUMI_CONFIG"] ?? "")).to.deep.equal({
        "toy:config:greeting": "hello",
        "toy:config:old": "1",
      });
      expect(JSON.parse(env["PULUMI_CONFIG_SECRET_KEYS"] ?? "")).to.deep.equal(["toy:password"]);
    } finally {
      delete process.env["OF_THE_USER"];
      delete process.env["TZ"];
    }
  });

  it("follows the runtime options of Pulumi.yaml", async () => {
    const options = { typescript: false, tsconfig: "other.json", nodeargs: "--no-warnings --trace-exit" };
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      JSON.stringify({ name: "toy", runtime: { name: "nodejs", options } }),
    );
    await start(
      "console.log(JSON.stringify([process.execArgv, process.env.PULUMI_NODEJS_TYPESCRIPT ?? null, process.env.PULUMI_NODEJS_TSCONFIG_PATH]))",
      {
        nodeArgs: ["--stack-size=900"],
      },
    );
    await run();
    expect(JSON.parse(output)).to.deep.equal([
      ["--no-warnings", "--trace-exit", "--stack-size=900"],
      null,
      "other.json",
    ]);
  });

  it("loses nothing that the program writes", async () => {
    await start(
      'process.stdout.write("x".repeat(300000)); process.stderr.write("and no newline"); process.exitCode = 1;',
    );
    await run();
    expect(output)
      .to.have.length(300000 + "and no newline".length)
      .and.contain("and no newline");
  });

  it("lets the engine say nothing more when the program has told the user why", async () => {
    await start("process.exitCode = 32");
    expect((await run()).toObject()).to.deep.include({ error: "", bail: true });
  });

  it("reports any other exit code as an error", async () => {
    await start("process.exitCode = 3");
    expect((await run()).toObject()).to.deep.include({
      error: "Program exited with non-zero exit code: 3",
      bail: false,
    });
  });

  it("says what to do when the SDK is not installed", async () => {
    await start("");
    rmSync(join(folder, "node_modules"), { recursive: true });
    expect((await run()).getError())
      .to.contain("the Pulumi SDK is not installed in")
      .and.contain("run npm ci");
  });

  describe("ends a program that still runs", () => {
    let pid: number;
    let response: Promise<RunResponse>;
    let call: grpc.ClientUnaryCall;

    beforeEach(async () => {
      await start("console.log(process.pid); setInterval(() => undefined, 1000)");
      response = new Promise((resolve, reject) => {
        call = client.run(request(), (error, answer) => (error ? reject(error) : resolve(answer)));
      });
      response.catch(() => undefined);
      await firstOutput();
      pid = Number(output);
      expect(alive(pid)).to.equal(true);
    });

    it("when the engine cancels the call", async () => {
      call.cancel();
      await ended(pid);
    });

    it("when the engine asks for it", async () => {
      const empty = LanguageRuntimeService.cancel.responseDeserialize(Buffer.alloc(0));
      await new Promise<void>((resolve, reject) =>
        client.cancel(empty, (error) => (error ? reject(error) : resolve())),
      );
      await ended(pid);
      expect((await response).getError()).to.equal("the program was ended by SIGINT");
    });

    it("when it is closed itself", async () => {
      await host.close();
      expect(alive(pid)).to.equal(false);
    });
  });
});
