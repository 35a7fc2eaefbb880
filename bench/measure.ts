import { buildPrograms } from "../local/clusters/programs";
import { longLivedClusters, measureClusters } from "./clusters";
import { measureDiff, pullRequestDiff } from "./diff";
import type { Flags } from "./flags";
import type { Bench } from "./place";
import type { Results } from "./results";
import { measureInRounds } from "./rounds";
import { growthSubject, stackSubject } from "./subjects";

/** Measures what the flags ask for, one part after the other: stacks, growth, the diff of a pull request. */
export async function measure(bench: Bench, flags: Flags): Promise<Omit<Results, "circumstances">> {
  const { checkout, folder, signal, onProgress } = bench;
  const stacks = await measureInRounds(
    bench,
    bench.stacks
      .filter(({ name }) => flags.stacks.includes(name))
      .map((stack) => stackSubject(stack, checkout, flags.repeats)),
  );

  const production = bench.stacks.filter(({ name }) => name === "production");
  const sizes = await measureInRounds(
    bench,
    production.flatMap((stack) =>
      flags.services.map((services) => growthSubject(stack, services, flags.repeats, checkout, folder)),
    ),
  );
  const growth = sizes.map((size, index) => ({ ...size, services: flags.services[index] ?? 0 }));

  const diff = pullRequestDiff({
    checkout,
    engine: { command: bench.engine, version: bench.engineVersion },
    folder,
  });
  const rest = [flags.repeats, signal, onProgress] as const;
  return {
    stacks,
    growth,
    ...(flags.diff && { diff: await measureDiff(diff, ...rest) }),
    ...(flags.clusters && {
      clusters: await measureClusters(longLivedClusters(bench, await buildPrograms({ onProgress })), ...rest),
    }),
  };
}
