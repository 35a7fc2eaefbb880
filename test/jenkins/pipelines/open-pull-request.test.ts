/** A release that is proposed, with the real git and the real `./platform`, and an API that answers as GitHub does. */
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { git } from "../../support/git";
import { type GithubApi, githubApi } from "../../support/github-api";
import { pipelineRepository } from "../../support/pipeline-scripts";
import { temporaryFolder } from "../../support/plan-world";
import { productionFile, releaseLine, releasesHeader, stagingFile } from "../../support/release-checkout";

describe("the pull request of a release", function () {
  this.timeout(180_000);
  let api: GithubApi;
  let open: { number: number }[];
  let writer: string;

  before(() => {
    writer = temporaryFolder("platform-writer-");
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(join(writer, "app-id"), "4711");
    writeFileSync(join(writer, "installation-id"), "42");
    writeFileSync(join(writer, "private-key"), privateKey.export({ type: "pkcs1", format: "pem" }));
  });
  beforeEach(async () => {
    open = [];
    api = await githubApi(({ method, path }) => {
      if (path.endsWith("/access_tokens")) return [201, { token: "ghs_short" }];
      if (method === "GET") return [200, open];
      return [method === "POST" ? 201 : 200, { html_url: "https://github.com/acme/infrastructure/pull/7" }];
    });
  });
  afterEach(() => api.close());

  const body =
    "Asked for by mia. Its merge deploys it: Jenkins' job platform/merged starts platform/promote.";
  const job = (repository: ReturnType<typeof pipelineRepository>) =>
    repository.clone({
      BY: "mia",
      REPOSITORY: "acme/infrastructure",
      GITHUB_API: api.url,
      GITHUB_WRITER: writer,
    });
  function staged(version: string) {
    const repository = pipelineRepository();
    const person = repository.clone();
    person.write(
      stagingFile,
      `${releasesHeader}${releaseLine("alpha", "1.0.0")}${releaseLine("billing", version, "billing/main/9")}`,
    );
    person.commit("staging: deploy billing");
    git(person.folder, "push", "--quiet", "origin", "HEAD:main");
    return repository;
  }

  it("has one commit with the version that staging has, on a branch of its own, and main stays", async () => {
    const repository = staged("1.5.0");
    const before = repository.onMain(productionFile);
    const one = job(repository);
    expect((await one.script("prepare.sh")).code).to.equal(0);
    const { code, out, err } = await one.script("propose.sh");
    expect(code, err).to.equal(0);
    expect(out).to.equal("https://github.com/acme/infrastructure/pull/7\n");
    expect(repository.onMain(productionFile)).to.equal(before);
    const branch = "release/production/billing";
    expect(git(repository.origin, "log", "--format=%s", `main..${branch}`)).to.equal(
      "production: deploy billing 1.5.0",
    );
    expect(git(repository.origin, "show", `${branch}:${productionFile}`)).to.contain(
      "billing: { version: 1.5.0, by: mia, build: billing/main/9 }",
    );
    expect(api.asked.slice(1).map(({ method, path, body }) => [method, path, body])).to.deep.equal([
      [
        "GET",
        "/repos/acme/infrastructure/pulls?state=open&base=main&head=acme%3Arelease%2Fproduction%2Fbilling",
        undefined,
      ],
      [
        "POST",
        "/repos/acme/infrastructure/pulls",
        { title: "production: deploy billing 1.5.0", body, head: branch, base: "main" },
      ],
    ]);
    expect(api.asked.slice(1).map(({ headers }) => headers.authorization)).to.deep.equal([
      "Bearer ghs_short",
      "Bearer ghs_short",
    ]);
  });

  it("is brought up to date where one is open, in the place of an older proposal", async () => {
    const repository = staged("1.5.0");
    const older = repository.clone();
    older.commit("an older proposal");
    git(older.folder, "push", "--quiet", "origin", "HEAD:refs/heads/release/production/billing");
    open = [{ number: 7 }];
    const one = job(repository);
    await one.script("prepare.sh");
    expect((await one.script("propose.sh")).code).to.equal(0);
    expect(git(repository.origin, "log", "--format=%s", "main..release/production/billing")).to.equal(
      "production: deploy billing 1.5.0",
    );
    expect(api.asked.at(-1)).to.deep.include({
      method: "PATCH",
      path: "/repos/acme/infrastructure/pulls/7",
      body: { title: "production: deploy billing 1.5.0", body },
    });
  });

  it("is none where production has it already: nothing is pushed and GitHub is not asked", async () => {
    const repository = pipelineRepository();
    const one = job(repository);
    await one.script("prepare.sh");
    const { code, out } = await one.script("propose.sh");
    expect([code, out]).to.deep.equal([0, ""]);
    expect(git(repository.origin, "branch", "--format=%(refname:short)")).to.equal("main");
    expect(api.asked).to.deep.equal([]);
  });
});
