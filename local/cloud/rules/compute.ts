import { backends } from "./compute-backend";
import { disks } from "./compute-disk";
import { endpoints } from "./compute-endpoint";
import { frontends } from "./compute-frontend";
import { networks } from "./compute-network";
import type { Rule } from "./shape";

export const compute: readonly Rule[] = [...networks, ...endpoints, ...disks, ...backends, ...frontends];
