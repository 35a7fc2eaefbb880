import { popupsBase } from "../../config/stacks";
import type { Layout } from "../../local/world/layout";
import { copiedSettings } from "../../local/world/stacks";
import { sharesNames } from "./order";
import { root, type Session } from "./session";
import { checked, chooseStacks, type ChosenStack } from "./settings";

/** Settings that name an account of ci. */
const grants = ["platform:deployer", "platform:previewer"];

/**
 * The stack that makes what some of these share, where it is none of them.
 *
 * In a world without ci it lets no account of ci in: a pop-up alone shall not take a second cluster. Once ci is there, the
 * next `up` of the base does.
 */
export function baseOf(asked: readonly ChosenStack[], layout: Layout): ChosenStack[] {
  const isAsked = asked.some(({ name }) => name === popupsBase);
  if (isAsked || !asked.some(sharesNames)) return [];
  const chosen = chooseStacks(root, layout, [popupsBase]);
  if (copiedSettings(layout, "ci") !== undefined) return chosen;
  return chosen.map(({ name, file }) => {
    const config = Object.fromEntries(Object.entries(file.config).filter(([key]) => !grants.includes(key)));
    return { name, file: { ...file, config }, settings: checked({ ...file, config }) };
  });
}

/** Whether everything that these share by name is there. */
export async function isBaseUp({ client }: Session, asked: readonly ChosenStack[]): Promise<boolean> {
  const resources = await client.resources();
  const isThere = (project: string, kind: string, name: string) =>
    resources.some((made) => made.project === project && made.kind === kind && made.inputs["name"] === name);
  return asked.every(({ settings }) => {
    if (settings.environment !== "delivery" || !settings.gateway.shared) return true;
    const { zone, certificateMap } = settings.gateway.shared;
    return (
      isThere(settings.project, "dns/managedZone:ManagedZone", zone) &&
      isThere(settings.project, "certificatemanager/certificateMap:CertificateMap", certificateMap)
    );
  });
}
