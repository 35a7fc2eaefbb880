import { artifactregistry } from "./artifactregistry";
import { billing } from "./billing";
import { certificatemanager } from "./certificatemanager";
import { compute } from "./compute";
import { container } from "./container";
import { dns } from "./dns";
import { gkebackup } from "./gkebackup";
import { iam } from "./iam";
import { kms } from "./kms";
import { memorystore } from "./memorystore";
import { monitoring } from "./monitoring";
import { networkconnectivity } from "./networkconnectivity";
import { random } from "./random";
import { secretmanager } from "./secretmanager";
import type { Rule } from "./shape";
import { sql } from "./sql";

/** Every kind of resource that the emulated cloud knows. */
export const rules: ReadonlyMap<string, Rule> = new Map(
  [
    ...iam,
    ...compute,
    ...kms,
    ...container,
    ...sql,
    ...dns,
    ...artifactregistry,
    ...billing,
    ...certificatemanager,
    ...gkebackup,
    ...memorystore,
    ...monitoring,
    ...networkconnectivity,
    ...random,
    ...secretmanager,
  ].map((rule) => [rule.kind, rule]),
);
