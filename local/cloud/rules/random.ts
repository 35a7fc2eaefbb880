import { randomBytes } from "node:crypto";
import { numberAt, textAt } from "./read";
import { map, number, text, type Rule } from "./shape";

/** Truly random, as the real provider's: the id is drawn once and kept in the caller's state. */
const randomId: Rule = {
  kind: "index/randomId:RandomId",
  id: (inputs) => randomBytes(numberAt(inputs, "byteLength") ?? 1).toString("base64url"),
  inputs: {
    byteLength: number({ required: true, replaces: true, min: 1 }),
    keepers: map(text(), { replaces: true }),
    prefix: text({ replaces: true }),
  },
  computed: ["b64Std", "b64Url", "dec", "hex"],
  outputs: ({ id, inputs }) => {
    const bytes = Buffer.from(id, "base64url");
    const prefix = textAt(inputs, "prefix") ?? "";
    return {
      b64Std: prefix + bytes.toString("base64"),
      b64Url: prefix + id,
      dec: prefix + BigInt(`0x${bytes.toString("hex")}`).toString(),
      hex: prefix + bytes.toString("hex"),
    };
  },
  takes: { create: 0, remove: 0 },
  source: "terraform-provider-random resource_id",
};

export const random: readonly Rule[] = [randomId];
