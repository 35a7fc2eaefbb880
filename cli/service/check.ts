import { join } from "node:path";

import { type Catalogue, readCatalogue } from "../../config/catalogue";
import { CommandFailure, exitCodes } from "../failure";
import { print, printJson } from "../terminal";
import type { Finding, Judge, Rule } from "./finding";
import { catalogueRules, judgeAgainst } from "./rules/catalogue";
import { chartRules, judgeChartWith } from "./rules/chart";
import { dockerfileRules, judgeDockerfile } from "./rules/dockerfile";
import { jenkinsfileRules, judgeJenkinsfile } from "./rules/jenkinsfile";
import { judgeMakefile, makefileRules } from "./rules/makefile";
import { judgeOwners, ownerRules } from "./rules/owners";
import { judgePresence, presenceRules } from "./rules/presence";
import { judgeSecrets, secretRules } from "./rules/secrets";
import { openRepository, type ServiceRepository } from "./service-repository";

export interface CheckOptions {
  readonly name?: string;
  readonly json: boolean;
}

/** Every guideline there is, in the order in which its findings are shown. */
export const rules: readonly Rule[] = [
  ...presenceRules,
  ...jenkinsfileRules,
  ...dockerfileRules,
  ...makefileRules,
  ...chartRules,
  ...catalogueRules,
  ...ownerRules,
  ...secretRules,
];

/** Everything in a repository that does not keep to the guidelines. */
export async function judge(
  repository: ServiceRepository,
  { checkout, catalogue }: { checkout: string; catalogue: Catalogue },
): Promise<Finding[]> {
  const judges: readonly Judge[] = [
    judgePresence,
    judgeJenkinsfile,
    judgeDockerfile,
    judgeMakefile,
    judgeChartWith(checkout),
    judgeAgainst(catalogue),
    judgeOwners,
    judgeSecrets,
  ];
  const found = await Promise.all(judges.map(async (part) => part(repository)));
  return found.flat();
}

/** `platform service check`: the conformance gate for the repository of a service. */
export async function check(checkout: string, path: string, options: CheckOptions): Promise<void> {
  const repository = openRepository(path, options.name);
  const catalogue = readCatalogue(join(checkout, "catalog", "services"));
  const findings = await judge(repository, { checkout, catalogue });
  if (options.json) {
    printJson({ service: repository.name, folder: repository.folder, rules, findings });
  } else {
    print(findings.length === 0 ? `${repository.name}: all ${rules.length} rules hold` : textOf(findings));
  }
  if (findings.length > 0) {
    const what = findings.length === 1 ? "1 finding" : `${findings.length} findings`;
    throw new CommandFailure(`${repository.name}: ${what}`, exitCodes.failed, options.json);
  }
}

function textOf(findings: readonly Finding[]): string {
  return findings
    .map(({ rule, place, problem, fix }) => `${place}  ${rule}\n  ${problem}\n  -> ${fix}`)
    .join("\n\n");
}

/** The rules as a list for people. */
export function listOfRules(): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  return rules.map(({ id, holds }) => `${id.padEnd(width)}  ${holds}`).join("\n");
}
