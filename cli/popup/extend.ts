import { CommandFailure, exitCodes } from "../failure";
import { print, printJson } from "../terminal";
import { after, fromNow, lifeOf, written } from "./lifetime";
import { nameOf, stackOf } from "./name";
import { placeOf, type PopupOptions } from "./places";
import { isProved, recordOf } from "./record";

export interface ExtendOptions extends PopupOptions {
  readonly ttl: string;
}

/** `platform popup extend`: the pop-up lives so long from now. */
export async function extend(checkout: string, name: string, options: ExtendOptions): Promise<void> {
  const stack = stackOf(name);
  const life = lifeOf(options.ttl);
  const place = placeOf(checkout, options);
  const look = async () => {
    if (!(await place.stacks()).includes(stack)) {
      throw new CommandFailure(`there is no pop-up ${nameOf(stack)}: platform popup list`, exitCodes.wrong);
    }
    const record = recordOf(stack, await place.tags(stack));
    if (!isProved(record)) throw new CommandFailure(`${stack}: ${record.problem}`, exitCodes.refused);
    // Who removes it says so first and then looks once more when it expires: one of the two sees the other.
    if (record.phase === "going") {
      throw new CommandFailure(`${stack} is being removed already`, exitCodes.refused);
    }
    return record;
  };
  await look();
  const expires = after(new Date(), life);
  await place.setTags(stack, { "popup:expires": written(expires) });
  await look();
  if (options.json) printJson({ stack, expires: written(expires) });
  else print(`${stack} is removed after ${written(expires)} (${fromNow(expires, new Date())})`);
}
