import { isSlice, nodesThatFit } from "./addresses";
import { regions } from "./regions";

/** A block of settings that may be wrong anywhere: these rules run beside those for single keys. */
type Block = Readonly<Record<string, unknown>>;

/** A rule over several keys. What it cannot judge, because a key is missing or wrong by itself, it lets pass. */
interface CrossRule {
  readonly holds: (settings: Block) => boolean;
  /** The key to name. */
  readonly path: readonly string[];
  readonly error: string;
}

export const crossRules: readonly CrossRule[] = [
  {
    holds: ({ alerts, slackToken }) => alerts === undefined || slackToken !== undefined,
    path: ["slackToken"],
    error: "alerts.slackChannel needs it",
  },
  {
    holds: ({ alerts, budget }) => budget === undefined || alerts !== undefined,
    path: ["budget"],
    error: "it needs alerts, which say whom to tell",
  },
  {
    holds: ({ cluster, region }) => {
      const location = isBlock(cluster) ? cluster["location"] : undefined;
      const known = typeof region === "string" && (regions as readonly string[]).includes(region);
      return !known || typeof location !== "string" || location.startsWith(region);
    },
    path: ["cluster", "location"],
    error: "it must be the region of this environment or one of its zones (network and database are there)",
  },
  {
    holds: ({ cluster }) =>
      poolsOf(cluster).length === 0 || poolsOf(cluster).some(({ taint }) => taint === undefined),
    path: ["cluster", "pools"],
    error: "every pool has a taint, so the cluster's own pods could run nowhere; leave it out of one pool",
  },
  {
    holds: ({ cluster, network }) => {
      const slice = isBlock(network) ? network["addresses"] : undefined;
      const podsPerNode = isBlock(cluster) ? cluster["podsPerNode"] : undefined;
      if (
        typeof slice !== "string" ||
        !isSlice(slice) ||
        typeof podsPerNode !== "number" ||
        podsPerNode < 1
      ) {
        return true;
      }
      // One more of each pool while it is upgraded.
      const wanted = poolsOf(cluster).reduce(
        (sum, { maxNodes }) => sum + 1 + (typeof maxNodes === "number" ? maxNodes : 0),
        0,
      );
      return wanted <= nodesThatFit(slice, podsPerNode);
    },
    path: ["cluster", "pools"],
    error:
      "their maxNodes, and one more of each while it is upgraded, need more addresses than the slice in network.addresses has; lower maxNodes or podsPerNode",
  },
  {
    holds: ({ lifecycle, services }) =>
      lifecycle !== "protected" || !isBlock(services) || services["versions"] === undefined,
    path: ["services", "versions"],
    error:
      "where lifecycle is protected, versions come from the file in catalog/releases alone; leave it out and commit the version there",
  },
  {
    holds: ({ customerData, database }) =>
      customerData !== true || !isBlock(database) || database["keepBackups"] !== false,
    path: ["database", "keepBackups"],
    error: "where customerData is true, backups are kept; set it to true",
  },
  ...["deployer", "previewer", "rehearser"].map((grantee) => ({
    holds: ({ network, [grantee]: account }: Block) => {
      const slice = isBlock(network) ? network["addresses"] : undefined;
      return (
        account === undefined || typeof slice !== "string" || !isSlice(slice) || !slice.startsWith("popup-")
      );
    },
    path: [grantee],
    error:
      "pop-ups share a project, so one pop-up's grant would be everybody's and go with the first; leave it out",
  })),
];

/** A value with named parts. */
export function isBlock(value: unknown): value is Block {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function poolsOf(cluster: unknown): Block[] {
  const pools = isBlock(cluster) ? cluster["pools"] : undefined;
  return isBlock(pools) ? Object.values(pools).filter(isBlock) : [];
}
