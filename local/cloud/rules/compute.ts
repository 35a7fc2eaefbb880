import { endpoints } from "./compute-endpoint";
import { networks } from "./compute-network";
import type { Rule } from "./shape";

export const compute: readonly Rule[] = [...networks, ...endpoints];
