/** The service's own program: what its image runs. */
import { type Service, startService } from "./service.js";
import { readSettings, SettingsError } from "./settings.js";

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const starting = startService(settings);
  // As the first process of a container it would ignore a signal that nobody listens for.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void starting.then((service) => stop(service, signal, settings.stopSeconds)));
  }
  await starting;
}

async function stop(service: Service, signal: string, seconds: number): Promise<void> {
  service.log.info(`stopping on ${signal}`);
  setTimeout(() => {
    service.log.error(`calls were still running after ${seconds} s`);
    process.exit(1);
  }, seconds * 1000).unref();
  await service.stop();
  service.log.info("stopped");
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof SettingsError ? error.message : String((error as Error).stack)}\n`,
  );
  process.exit(1);
});
