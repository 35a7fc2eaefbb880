/** With a metadata server of the test; that Google's takes the question so is not proven. */
import { execFile } from "node:child_process";
import { join } from "node:path";

import { expect } from "chai";

import { type GithubApi, githubApi as server } from "../../support/github-api";
import { root } from "../../support/plan-world";

describe("the credential for charts", function () {
  this.timeout(180_000);
  let metadata: GithubApi;
  let answer: readonly [number, unknown];
  beforeEach(async () => {
    answer = [200, { access_token: "ya29.short" }];
    metadata = await server(() => answer);
  });
  afterEach(() => metadata.close());

  const asked = (input: string, operation = "get") =>
    new Promise<{ code: number; out: string }>((resolve) => {
      const args = ["--import", "tsx", join(root, "jenkins", "images", "docker-credential.ts"), operation];
      const env = { ...process.env, GCE_METADATA_HOST: metadata.url.replace("http://", "") };
      const child = execFile(process.execPath, args, { cwd: root, env }, (error, out) =>
        resolve({ code: error ? Number(error.code) : 0, out }),
      );
      child.stdin?.end(input);
    });

  it("is the pod's own account's, at Google's registries", async () => {
    for (const place of ["europe-west1-docker.pkg.dev", "https://us-docker.pkg.dev/v2/"]) {
      const { code, out } = await asked(`${place}\n`);
      expect(code).to.equal(0);
      expect(JSON.parse(out)).to.deep.equal({
        ServerURL: place,
        Username: "oauth2accesstoken",
        Secret: "ya29.short",
      });
    }
    expect(metadata.asked[0]?.path).to.equal("/computeMetadata/v1/instance/service-accounts/default/token");
    expect(metadata.asked[0]?.headers["metadata-flavor"]).to.equal("Google");
  });

  it("goes to no other registry, where the client goes on as nobody", async () => {
    for (const place of ["ghcr.io", "europe-west1-docker.pkg.dev.evil.example", "http://x-docker.pkg.dev"]) {
      expect(await asked(place)).to.deep.equal({
        code: 1,
        out: "credentials not found in native keychain\n",
      });
    }
    expect(metadata.asked).to.deep.equal([]);
  });

  it("is neither stored nor listed, and its absence is said", async () => {
    for (const operation of ["store", "erase", "list"])
      expect((await asked("x", operation)).code).to.equal(1);
    answer = [404, {}];
    expect(await asked("eu-docker.pkg.dev")).to.deep.equal({
      code: 1,
      out: "the metadata server answered 404\n",
    });
  });
});
