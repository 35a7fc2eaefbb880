import type { ReleaseInputs } from "./release-inputs";

/** A chart by the repository's URL and its name there, both exact. */
export interface RepositoryChart {
  readonly repository: string;
  readonly chart: string;
}

/** How long an answer counts, so that the steps of a preview and those of its `up` do not each wait for one. */
const rememberedMilliseconds = 60_000;

/** The repository of a chart that may be absent cannot be reached, and no mirror has the chart. */
export class ChartUnreachable extends Error {
  public override readonly name = "ChartUnreachable";
}

type Wanted = Pick<ReleaseInputs, "chart" | "repositoryOpts">;

/** The charts that a world may do without, and which of them could not be reached a moment ago. */
export class AbsentCharts {
  private readonly unreachable = new Map<string, { until: number; words: string }>();

  constructor(
    private readonly charts: readonly RepositoryChart[],
    /** Longest time that a repository of one of them is asked, in seconds. */
    readonly patienceSeconds = 20,
  ) {}

  allows({ chart, repositoryOpts }: Wanted): boolean {
    return this.charts.some((may) => may.chart === chart && may.repository === repositoryOpts?.repo);
  }

  /** What was said when the repository of one of them could not be reached, while that is not long ago. */
  recent(wanted: Wanted): string | undefined {
    const known = this.unreachable.get(keyOf(wanted));
    return known && known.until > Date.now() ? known.words : undefined;
  }

  remember(wanted: Wanted, words: string): void {
    this.unreachable.set(keyOf(wanted), { until: Date.now() + rememberedMilliseconds, words });
  }
}

function keyOf({ chart, repositoryOpts }: Wanted): string {
  return JSON.stringify([repositoryOpts?.repo, chart]);
}

/**
 * Whether Helm's words say that nobody answered for a repository. What the repository itself answers (no such version,
 * no such file, a login that is wrong) says that it is there, and is a mistake.
 */
export function cannotBeReached(words: string): boolean {
  return [
    /^it took too long$/,
    /\bdial (tcp|udp)\b/,
    /\bno such host\b/,
    /\bconnection (refused|reset)\b/,
    /\b(i\/o|TLS handshake) timeout\b/,
    /\bcontext deadline exceeded\b/,
    /\bnetwork is unreachable\b/,
    /\bproxyconnect\b/,
    // A proxy's refusal of CONNECT is all that Go says of it; a repository's own has "failed to fetch" before it.
    /^looks like .*: Get "https:[^"]*": (Forbidden|Proxy Authentication Required|Bad Gateway|Service Unavailable|Gateway Timeout)$/m,
  ].some((pattern) => pattern.test(words));
}

/** What of Helm's words tells a person why nobody answered. */
export function reasonIn(words: string): string {
  return words.replace(/^looks like .* cannot be reached: (?:Get "[^"]*": )?/s, "").trim();
}
