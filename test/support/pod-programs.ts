/** What stands on PATH in the pods of a golden run before the machine's programs: shell scripts by their names. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { buildHelm } from "../../local/clusters/programs";
import { findEngine } from "../../local/engine/find";
import { root } from "./settings";

export interface PodProgramsArgs {
  /** Folder for what they need. */
  readonly folder: string;
  /** Checkout whose world it is, and the world's name. */
  readonly checkout: string;
  readonly world: string;
  /** What every pushed image has. */
  readonly digest: string;
  /** Asked in place of the product's public addresses, `http://HOST:PORT`. */
  readonly door: string;
}

/** Helm as it reaches the world's registry, the real engine on the world's stacks, and BuildKit as if it had built. */
export async function podPrograms(
  args: PodProgramsArgs,
): Promise<Record<"docker" | "buildctl" | "helm" | "pulumi", string>> {
  const { folder, checkout, world, digest, door } = args;
  const [helm, engine] = [await buildHelm(), (await findEngine()).command];
  const env = `env ${ownVariables()}`;
  const tsx = join(root, "node_modules", "tsx", "dist", "loader.mjs");
  const pulumi = join(root, "test", "support", "world-pulumi.ts");
  return {
    // As where there is none.
    docker: "exit 1",
    buildctl: buildctl(folder, digest),
    // Only what goes to the registry needs the way to it.
    helm: `case $1 in pull | push) exec ${env} '${checkout}/platform' local helm --world ${world} ci "$@" ;; esac
exec '${helm}' "$@"`,
    pulumi: `exec ${env} '${process.execPath}' --import 'file://${tsx}' '${pulumi}' \\
  '${engine}' '${join(checkout, ".local", world)}' ${door} "$@"`,
  };
}

/** Programs that were built are in the user's own folders, which a pod does not have. */
function ownVariables(): string {
  const names = ["HOME", "XDG_CACHE_HOME", "GOPATH", "GOCACHE"];
  return names
    .filter((name) => process.env[name] !== undefined)
    .map((name) => `${name}='${process.env[name]}'`)
    .join(" ");
}

/** Leaves a report of Node's test runner, as the template's tests do, and the digest of a push. */
function buildctl(folder: string, digest: string): string {
  const passing = join(folder, "passing.test.mjs");
  writeFileSync(
    passing,
    'import { test } from "node:test";\ntest("stands in for those of the service", () => {});\n',
  );
  return `case "$*" in *target=reports*)
  status=0
  node --test --test-reporter=junit --test-reporter-destination=reports/unit.xml '${passing}' >reports/unit.log || status=$?
  echo $status >reports/status
esac
while [ $# -gt 0 ]; do
  [ "$1" != --metadata-file ] || printf '{ "containerimage.digest": "${digest}" }' >"$2"
  shift
done`;
}
