import { CommandFailure, exitCodes } from "../failure";
import { print, printJson, progressOf, runTasks } from "../terminal";
import { madeByControllers, ownedBy, waitUntilGone } from "./leftovers";
import { nameOf, stackOf } from "./name";
import type { Found, Place } from "./place";
import { placeOf, type PopupOptions } from "./places";
import { popupProject } from "./settings";

export interface DownOptions extends PopupOptions {
  readonly lostCluster: boolean;
}

/** `platform popup down`: nothing of the pop-up is left, which is looked up where the cloud keeps its inventory. */
export async function down(checkout: string, name: string, options: DownOptions): Promise<void> {
  const stack = stackOf(name);
  const place = placeOf(checkout, options);
  await place.ready();
  await runTasks(
    [
      {
        title: `Removing ${stack}`,
        task: async (_, task) => {
          const stacks = await place.stacks();
          if (!stacks.includes(stack)) {
            const there = stacks.map(nameOf).join(", ");
            throw new CommandFailure(
              `there is no pop-up ${nameOf(stack)}; ${there === "" ? "there are none" : `there are: ${there}`}`,
              exitCodes.wrong,
            );
          }
          await removeWhole(place, stack, popupProject(checkout), progressOf(task), options.lostCluster);
        },
      },
    ],
    options,
  );
  if (options.json) printJson({ stack, gone: true });
  else print(`${stack} is gone: nothing in ${popupProject(checkout)} carries its name`);
}

/**
 * Removes a pop-up: first what is in its cluster, while the controllers live that take down what they have made outside,
 * then the rest, then, once nothing carries its name any more, its record.
 *
 * It may be stopped anywhere and started again. @throws CommandFailure when something is left; the record stays then.
 */
export async function removeWhole(
  place: Place,
  stack: string,
  project: string,
  onProgress: (line: string) => void,
  lostCluster = false,
): Promise<void> {
  const resources = await place.state(stack);
  const elsewhere = resources.find(
    ({ type, outputs }) => type.startsWith("gcp:") && (outputs["project"] ?? project) !== project,
  );
  if (elsewhere) {
    throw new CommandFailure(
      `${stack} has ${elsewhere.urn} in project ${String(elsewhere.outputs["project"])}; pop-ups are in ${project} alone, so nothing of it is removed`,
      exitCodes.refused,
    );
  }
  await place.setTags(stack, { "popup:phase": "going" });
  const stillGoing = async () => {
    // Somebody who also removes it may be done by now.
    if (!(await place.stacks()).includes(stack)) return false;
    const phase = (await place.tags(stack))["popup:phase"];
    if (phase === "going" || phase === undefined) return true;
    throw new CommandFailure(
      `${stack} was asked for again while it was being removed; what is left of it stays`,
      exitCodes.refused,
    );
  };
  const look = async () => ownedBy(stack, await place.inventory(), await place.stacks());

  if (!lostCluster) {
    const inside = resources.filter(({ type }) => type.startsWith("kubernetes:")).map(({ urn }) => urn);
    if (inside.length > 0) await place.destroy(stack, { targets: inside, onProgress });
    const controllers = await waitUntilGone(
      place,
      async () => (await look()).filter(({ name }) => madeByControllers.test(`/${name}`)),
      onProgress,
    );
    if (controllers.length > 0) {
      throw new CommandFailure(
        `${stack}: the controllers of its cluster have not removed what they made, so the cluster stays; start this command again, or say --lost-cluster if it is gone\n${listed(controllers)}`,
      );
    }
  }
  if (!(await stillGoing())) return;
  if (resources.length > 0) await place.destroy(stack, { lostCluster, onProgress });

  const left = await waitUntilGone(place, look, onProgress);
  if (left.length > 0) {
    throw new CommandFailure(
      `${stack} is removed, but ${left.length === 1 ? "something still carries" : `${left.length} things still carry`} its name; remove them by hand and start this command again, which takes its record away then\n${listed(left)}`,
    );
  }
  if (await stillGoing()) await place.remove(stack);
}

function listed(found: readonly Found[]): string {
  return found.map(({ name }) => `  ${name}`).join("\n");
}
