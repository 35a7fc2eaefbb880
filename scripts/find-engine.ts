/** Finds the Pulumi engine, or builds it once, before the tests that need it: with progress, which a test cannot show. */
import { EngineNotFound, findEngine } from "../local/engine/find";

async function main(): Promise<void> {
  let shown = 0;
  const engine = await findEngine({
    onProgress: (line) => {
      if (Date.now() - shown < 10_000) return;
      shown = Date.now();
      process.stderr.write(`${line}\n`);
    },
  });
  process.stderr.write(`Pulumi engine ${engine.version}: ${engine.command}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof EngineNotFound ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
