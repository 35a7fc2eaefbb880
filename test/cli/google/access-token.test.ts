import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { accessTokens } from "../../../cli/google/access-token";
import { githubApi as answering } from "../../support/github-api";
import { temporaryFolder } from "../../support/plan-world";

describe("who a command is to Google", () => {
  it("is whoever's token it is given", async () => {
    expect(await accessTokens({ GOOGLE_OAUTH_ACCESS_TOKEN: "mine" })()).to.equal("mine");
  });

  it("is the pod's account, whose token is asked for again before it ends", async () => {
    const lasts = [3600, 60, 3600];
    const metadata = await answering(() => [
      200,
      { access_token: `token-${lasts.length}`, expires_in: lasts.shift(), token_type: "Bearer" },
    ]);
    try {
      const environment = { GCE_METADATA_HOST: metadata.url.replace("http://", "") };
      const long = accessTokens(environment);
      expect([await long(), await long()]).to.deep.equal(["token-3", "token-3"]);
      const short = accessTokens(environment);
      expect([await short(), await short()]).to.deep.equal(["token-2", "token-1"]);
      expect(metadata.asked.map(({ path, headers }) => [path, headers["metadata-flavor"]])).to.deep.equal(
        Array(3).fill(["/computeMetadata/v1/instance/service-accounts/default/token", "Google"]),
      );
    } finally {
      await metadata.close();
    }
  });

  it("is who is logged in to gcloud where there is no metadata server", async () => {
    const folder = temporaryFolder("platform-gcloud-");
    writeFileSync(
      join(folder, "gcloud"),
      '#!/bin/sh\n[ "$*" = "auth print-access-token" ] && echo of-gcloud\n',
      {
        mode: 0o755,
      },
    );
    const environment = { GCE_METADATA_HOST: "127.0.0.1:1", PATH: `${folder}:/usr/bin:/bin` };
    expect(await accessTokens(environment)()).to.equal("of-gcloud");
  });

  it("is nobody outside Google Cloud, and it says what to set", async () => {
    const message = await accessTokens({ GCE_METADATA_HOST: "127.0.0.1:1" })().then(
      () => "",
      (error: Error) => error.message,
    );
    expect(message).to.match(/^no account to act as: .*127\.0\.0\.1:1.*set GOOGLE_OAUTH_ACCESS_TOKEN/);
  });
});
