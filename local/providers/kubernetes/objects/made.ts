import type { Api } from "../../../clusters/api";
import type { Values } from "../../../cloud/rules/shape";
import { idOf, isPatch, kindOf, metadataOf, textOf } from "../identity";
import { liveOf, makerOf } from "./apply";
import { Discovery } from "./discovery";

/**
 * The id of the object that a program described with this token and these inputs, when it is there and we made it: what
 * an engine that was killed meanwhile has no record of. A patch makes nothing.
 */
export async function findMade(api: Api, token: string, inputs: Values): Promise<string | undefined> {
  if (isPatch(token, inputs)) return undefined;
  const { name, namespace } = metadataOf(inputs);
  const target = await new Discovery(api).find(
    kindOf(token, inputs),
    textOf(name),
    textOf(namespace) || undefined,
  );
  const live = target && (await liveOf(api, target));
  return live && makerOf(live) !== undefined ? idOf(inputs) : undefined;
}
