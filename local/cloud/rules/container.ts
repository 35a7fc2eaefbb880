import { cluster } from "./container-cluster";
import { nodePool } from "./container-node-pool";
import type { Rule } from "./shape";

export const container: readonly Rule[] = [cluster, nodePool];
