/** Builds Kubernetes, Helm and the registry, once, before the tests that need them: with progress, which a test cannot show. */
import { buildPrograms, GoNotFound, pinnedVersions } from "../local/clusters/programs";
import { buildRegistry, pinnedRegistry } from "../local/registry/program";

async function main(): Promise<void> {
  let shown = 0;
  const onProgress = (line: string) => {
    if (Date.now() - shown < 10_000) return;
    shown = Date.now();
    process.stderr.write(`${line}\n`);
  };
  const programs = await buildPrograms({ onProgress });
  const registry = await buildRegistry({ onProgress });
  const { kubernetes, helm } = pinnedVersions();
  const built = [
    `Kubernetes ${kubernetes}: ${programs.kubernetes}`,
    `Helm ${helm}: ${programs.helm}`,
    `distribution ${pinnedRegistry()}: ${registry}`,
  ];
  for (const line of built) process.stderr.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof GoNotFound ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
