import { type MeasuredRun, measureRun, withoutCheckpoints } from "./engine-run";
import { type Operation, operations } from "./operations";
import { type Bench, openPlace, type Place } from "./place";
import type { StackResult } from "./results";
import type { Subject } from "./subjects";

/** One operation, done by both. */
interface Pair {
  readonly operation: Operation;
  readonly own: MeasuredRun;
  readonly bare: MeasuredRun;
}

/** Measures the subjects in turns, round by round, so that a slow minute of the machine meets all of them. */
export async function measureInRounds(bench: Bench, subjects: readonly Subject[]): Promise<StackResult[]> {
  const measured = subjects.map((subject) => ({ subject, rounds: [] as Pair[][] }));
  const most = Math.max(0, ...subjects.map(({ warmUps, rounds }) => warmUps + rounds));
  for (let round = 0; round < most; round += 1) {
    for (const { subject, rounds } of measured) {
      if (round >= subject.warmUps + subject.rounds) continue;
      rounds.push(await measureRound(bench, subject, round, rounds[0]?.[0]?.own.resources));
    }
  }
  return measured.map(({ subject, rounds }) => resultOf(subject, rounds.slice(subject.warmUps).flat()));
}

async function measureRound(
  bench: Bench,
  subject: Subject,
  round: number,
  knownResources: number | undefined,
): Promise<Pair[]> {
  const place = await openPlace(bench, subject);
  try {
    const pairs: Pair[] = [];
    for (const operation of operations) {
      const resources = knownResources ?? pairs[0]?.own.resources;
      // They take turns to begin; the very first run tells how many resources the bare engine gets.
      const bareBegins = (round + pairs.length) % 2 === 1;
      const pair = await measurePair(bench, subject, place, operation, bareBegins ? resources : undefined);
      pairs.push(pair);
      bench.onProgress(`${roundName(subject, round)}, ${subject.title}, ${textOf(pair)}`);
    }
    return pairs;
  } finally {
    await place.close();
  }
}

/** @param resources how many the bare engine gets when it begins; undefined lets the program begin */
async function measurePair(
  bench: Bench,
  subject: Subject,
  place: Place,
  operation: Operation,
  resources: number | undefined,
): Promise<Pair> {
  const light = subject.withoutCheckpoints && operation.run === "up" && operation.does === "create";
  const conditions = { signal: bench.signal, ...(light && { env: withoutCheckpoints }) };
  const runOwn = () => measureRun(place.own, operation, conditions);
  const runBare = (count: number) =>
    measureRun(place.bare, operation, { ...conditions, programEnv: { BENCH_RESOURCES: String(count) } });

  const first = resources === undefined ? undefined : await runBare(resources);
  const own = await runOwn();
  const bare = first ?? (await runBare(own.resources));
  if (own.resources !== bare.resources) {
    throw new Error(`${subject.title} has ${own.resources} resources, the bare engine had ${bare.resources}`);
  }
  return { operation, own, bare };
}

function resultOf({ stack }: Subject, pairs: readonly Pair[]): StackResult {
  const comparisons = operations.map((operation) => {
    const samples = pairs.filter((pair) => pair.operation === operation);
    return {
      operation: operation.name,
      aimed: operation.aimed,
      own: samples.map(({ own }) => own),
      bare: samples.map(({ bare }) => bare),
    };
  });
  return { stack: stack.name, resources: pairs[0]?.own.resources ?? 0, comparisons };
}

function roundName({ warmUps }: Subject, round: number): string {
  return round < warmUps ? "warm-up" : `round ${round - warmUps + 1}`;
}

function textOf({ operation, own, bare }: Pair): string {
  return `${operation.name}: ${Math.round(own.ms)} ms, bare engine ${Math.round(bare.ms)} ms`;
}
