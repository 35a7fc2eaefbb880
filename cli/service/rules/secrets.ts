import { statSync } from "node:fs";
import { join } from "node:path";

import { lintSource } from "@secretlint/core";
import { creator as recommended } from "@secretlint/secretlint-rule-preset-recommend";

import { type Finding, findingsOf, type Judge, type Rule } from "../finding";

const content: Rule = {
  id: "no-secrets",
  holds: "No file of the repository holds a key, a token or a password.",
};
const files: Rule = {
  id: "no-secret-files",
  holds: "Files that usually hold secrets are not in the repository.",
};

export const secretRules = [content, files];

/** Files whose place is elsewhere, whatever is in them. */
const secretFiles =
  /(^|\/)(\.env(\.(?!example$|sample$|template$)[\w.-]+)?|id_(rsa|ed25519|ecdsa)|.*\.(pem|p12|pfx|jks|keystore)|credentials\.json|service-account.*\.json|\.npmrc\.local|\.netrc)$/i;

/** Larger files are data, which people do not paste keys into; a scan of all would take minutes. */
const largestFile = 1024 * 1024;

/** Whether something is in the tree that belongs into Secret Manager. */
export const judgeSecrets: Judge = async (repository) => {
  const findings: Finding[] = repository.files
    .filter((file) => secretFiles.test(file))
    .map((file) =>
      findingsOf(files)(
        file,
        "files called so hold secrets",
        "remove it from the repository and its history, and name it in .gitignore; values go to Secret Manager",
      ),
    );
  for (const file of repository.files) {
    if (statSync(join(repository.folder, file)).size > largestFile) continue;
    const text = repository.text(file);
    if (text === undefined || text.includes("\0")) continue;
    findings.push(...(await secretsIn(file, text)));
  }
  return findings;
};

async function secretsIn(file: string, text: string): Promise<Finding[]> {
  const { messages } = await lintSource({
    source: { content: text, filePath: file, ext: extensionOf(file), contentType: "text" },
    options: {
      noPhysicFilePath: true,
      // What it found is never shown: this output ends in logs.
      maskSecrets: true,
      config: {
        rules: [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: recommended }],
      },
    },
  });
  return messages.map(({ message, loc, ruleId }) =>
    findingsOf(content)(
      `${file}:${loc.start.line}`,
      message.replace(/:\s.*$/s, "") || ruleId,
      "revoke it, remove it from the repository and its history, and read it from a file under SECRETS",
    ),
  );
}

function extensionOf(file: string): string {
  return /\.[^./]+$/.exec(file)?.[0] ?? "";
}
