/** Builds Kubernetes and Helm, once, before the tests that need them: with progress, which a test cannot show. */
import { buildPrograms, GoNotFound, pinnedVersions } from "../local/clusters/programs";

async function main(): Promise<void> {
  let shown = 0;
  const programs = await buildPrograms({
    onProgress: (line) => {
      if (Date.now() - shown < 10_000) return;
      shown = Date.now();
      process.stderr.write(`${line}\n`);
    },
  });
  const { kubernetes, helm } = pinnedVersions();
  process.stderr.write(`Kubernetes ${kubernetes}: ${programs.kubernetes}\nHelm ${helm}: ${programs.helm}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof GoNotFound ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
