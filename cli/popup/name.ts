import { createHash } from "node:crypto";

import { isPopup, stackNameProblem } from "../../config/stacks";
import { CommandFailure, exitCodes } from "../failure";

/**
 * The stack of the pop-up that people call `name`.
 *
 * @throws CommandFailure when no pop-up may be called so.
 */
export function stackOf(name: string): string {
  const stack = name.startsWith("popup-") ? name : `popup-${name}`;
  if (isPopup(stack)) return stack;
  throw new CommandFailure(
    stackNameProblem(stack) ?? `${JSON.stringify(name)} is no pop-up`,
    exitCodes.wrong,
  );
}

/** What people call the pop-up of a stack. */
export function nameOf(stack: string): string {
  return stack.replace(/^popup-/, "");
}

/** Characters that a name may have. */
const longest = 15;

/**
 * The name of the pop-up for a pull request of a service, `SERVICE/NUMBER`: the same each time. What would be too long is
 * shortened, with a few characters that tell it from another service which begins alike.
 *
 * @throws CommandFailure when it is not given so.
 */
export function nameFor(pullRequest: string): string {
  const [, service = "", number = ""] = /^([a-z][a-z0-9-]*)\/([1-9][0-9]{0,6})$/.exec(pullRequest) ?? [];
  if (service === "") {
    throw new CommandFailure(
      `--for is ${JSON.stringify(pullRequest)}; it must be a service and the number of a pull request of its repository: billing/57`,
      exitCodes.wrong,
    );
  }
  const plain = `${service}-${number}`;
  if (plain.length <= longest && isPopup(`popup-${plain}`)) return plain;
  const digest = createHash("sha256").update(service).digest("hex").slice(0, 4);
  const room = longest - digest.length - number.length - 2;
  const beginning = service.slice(0, room).replaceAll(/-+/g, "").slice(0, room);
  return `${beginning}-${digest}-${number}`;
}
