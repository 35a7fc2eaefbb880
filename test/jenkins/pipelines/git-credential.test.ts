/** With the real git, and an API that checks signatures; that GitHub takes the token is not proven. */
import { execFile } from "node:child_process";
import { createVerify, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { type GithubApi, githubApi } from "../../support/github-api";
import { root, temporaryFolder } from "../../support/plan-world";

const helper = join(root, "jenkins", "pipelines", "git-credential.sh");

interface Claims {
  readonly iat: number;
  readonly exp: number;
  readonly iss: string;
}

/** What a token claims, or undefined where another key has signed it. */
function claimsIn(authorization: string | undefined, key: KeyObject): Claims | undefined {
  const [header = "", claims = "", signature = ""] = (authorization ?? "").replace("Bearer ", "").split(".");
  const verifier = createVerify("RSA-SHA256").update(`${header}.${claims}`);
  if (!verifier.verify(key, signature, "base64url")) return undefined;
  const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as unknown;
  expect(read(header)).to.deep.equal({ alg: "RS256", typ: "JWT" });
  return read(claims) as Claims;
}

describe("git's credential for this repository", function () {
  this.timeout(180_000);
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  let api: GithubApi;
  let seen: (Claims | undefined)[];

  beforeEach(async () => {
    seen = [];
    api = await githubApi(({ headers }) => {
      const claims = claimsIn(headers.authorization, publicKey);
      seen.push(claims);
      return claims ? [201, { token: "ghs_short" }] : [401, { message: "Bad credentials" }];
    });
  });
  afterEach(() => api.close());

  function writer(pem: string | Buffer): string {
    const folder = temporaryFolder("platform-writer-");
    writeFileSync(join(folder, "app-id"), "4711\n");
    writeFileSync(join(folder, "installation-id"), "42");
    writeFileSync(join(folder, "private-key"), pem);
    return folder;
  }
  const pkcs1 = writer(privateKey.export({ type: "pkcs1", format: "pem" }));

  function run(program: string, args: readonly string[], input: string, folder = pkcs1) {
    const home = temporaryFolder("platform-home-");
    return new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const child = execFile(
        program,
        args,
        {
          cwd: home,
          env: {
            PATH: process.env["PATH"],
            HOME: home,
            GIT_CONFIG_NOSYSTEM: "1",
            GIT_TERMINAL_PROMPT: "0",
            GITHUB_API: api.url,
            GITHUB_WRITER: folder,
          },
        },
        (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
      );
      child.stdin?.on("error", () => undefined);
      child.stdin?.end(input);
    });
  }
  const configured = [
    "-c",
    "credential.useHttpPath=true",
    "-c",
    `credential.helper=!'${helper}'`,
    "credential",
  ];
  const asking = (path: string, host = "github.com", protocol = "https") =>
    `protocol=${protocol}\nhost=${host}\npath=${path}\n\n`;

  it("is a token for that repository alone, which git itself takes from the helper", async () => {
    const { out, err } = await run("git", [...configured, "fill"], asking("acme/infrastructure.git"));
    expect(err).to.equal("");
    expect(out).to.contain("username=x-access-token\npassword=ghs_short\n");
    expect(api.asked).to.have.length(1);
    expect(api.asked[0]).to.deep.include({
      method: "POST",
      path: "/app/installations/42/access_tokens",
      body: {
        repositories: ["infrastructure"],
        permissions: { contents: "write", pull_requests: "write" },
      },
    });
  });

  it("is asked for by a signature of ten minutes at most, by a clock that may be a minute ahead", async () => {
    await run(helper, ["get"], asking("acme/infrastructure.git"));
    const now = Math.floor(Date.now() / 1000);
    const [claims] = seen;
    expect(claims?.iss).to.equal("4711");
    expect(claims?.iat).to.be.within(now - 80, now - 60);
    expect((claims?.exp ?? 0) - (claims?.iat ?? 0)).to.be.within(300, 600);
  });

  it("takes the key in either form", async () => {
    const folder = writer(privateKey.export({ type: "pkcs8", format: "pem" }));
    expect((await run(helper, ["get"], asking("acme/infrastructure"), folder)).out).to.contain("ghs_short");
  });

  it("goes to no other host, and to nobody by plain HTTP", async () => {
    for (const question of [
      asking("acme/infrastructure", "github.com.evil.example"),
      asking("acme/infrastructure", "gitlab.com"),
      asking("acme/infrastructure", "github.com", "http"),
      asking("acme/infrastructure", "github.com:8443"),
    ]) {
      expect(await run(helper, ["get"], question)).to.deep.equal({ code: 0, out: "", err: "" });
    }
    expect(api.asked).to.deep.equal([]);
  });

  it("is for no repository when git does not say which: a token for all would be more than is needed", async () => {
    for (const path of ["", "acme", "acme/a/b", "../x"]) {
      const { code, out, err } = await run(helper, ["get"], asking(path));
      expect([code, out]).to.deep.equal([1, "quit=1\n"]);
      expect(err).to.contain("it must be OWNER/REPOSITORY");
    }
    expect(api.asked).to.deep.equal([]);
  });

  it("is never kept: storing and erasing do nothing", async () => {
    for (const operation of ["store", "erase"]) {
      const given = `${asking("acme/infrastructure").trim()}\nusername=x\npassword=y\n`;
      expect(await run(helper, [operation], given)).to.deep.equal({ code: 0, out: "", err: "" });
    }
    expect(api.asked).to.deep.equal([]);
  });

  it("fails in GitHub's words where it takes the App for another, and never says the key", async () => {
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const pem = other.export({ type: "pkcs1", format: "pem" });
    const { code, err } = await run(
      "git",
      [...configured, "fill"],
      asking("acme/infrastructure"),
      writer(pem),
    );
    expect(code).not.to.equal(0);
    expect(err).to.contain(
      "git-credential: GitHub answered 401 to POST /app/installations/42/access_tokens: Bad credentials",
    );
    expect(err).not.to.contain("BEGIN");
  });

  it("fails by the name of the file that is not there, and never says what is in one that is broken", async () => {
    const empty = temporaryFolder("platform-writer-");
    mkdirSync(empty, { recursive: true });
    expect((await run(helper, ["get"], asking("acme/x"), empty)).err).to.contain(join(empty, "app-id"));
    const { code, err } = await run(helper, ["get"], asking("acme/x"), writer("not-a-key-but-secret"));
    expect(code).to.equal(1);
    expect(err)
      .to.match(/^git-credential: /)
      .and.not.to.contain("not-a-key-but-secret");
  });
});
