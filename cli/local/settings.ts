import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { readCatalogue } from "../../config/catalogue";
import { parseSettings } from "../../config/parse";
import { SettingsError } from "../../config/problems";
import type { Settings } from "../../config/settings";
import { inSlice, popupTemplate, rawConfigOf, readStackFile, type StackFile } from "../../config/stack-file";
import { isPopup, stackNameProblem } from "../../config/stacks";
import type { Layout } from "../../local/world/layout";
import { claimSlice, reserveSlice } from "../../local/world/slices";
import { CommandFailure, exitCodes } from "../failure";

/** One stack that a command is about, with its settings checked. */
export interface ChosenStack {
  readonly name: string;
  readonly file: StackFile;
  readonly settings: Settings;
}

/** The stacks of these names with their settings; every wrong name and setting of all of them is reported at once. */
export function chooseStacks(root: string, layout: Layout, names: readonly string[]): ChosenStack[] {
  const wrongNames = names.map(stackNameProblem).filter((problem) => problem !== undefined);
  if (wrongNames.length > 0) throw new CommandFailure(wrongNames.join("\n"), exitCodes.wrong);

  const chosen: ChosenStack[] = [];
  const problems = catalogueProblems(root);
  for (const name of new Set(names)) {
    try {
      const file = settingsFile(root, layout, name);
      const settings = checked(file);
      const slice = "network" in settings ? settings.network.addresses : undefined;
      if (isPopup(name) && slice !== undefined && !claimSlice(layout, slice, name)) {
        throw new SettingsError(file.file, [
          `platform:network.addresses is ${JSON.stringify(slice)}, which another pop-up of this world has; choose another`,
        ]);
      }
      chosen.push({ name, file, settings });
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new CommandFailure(problems.join("\n"), exitCodes.wrong);
  return chosen;
}

function catalogueProblems(root: string): string[] {
  try {
    readCatalogue(join(root, "catalog", "services"));
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return [error.message];
    throw error;
  }
}

/** @throws SettingsError */
export function checked(file: StackFile): Settings {
  return parseSettings(rawConfigOf(file, "placeholder"));
}

function settingsFile(root: string, layout: Layout, name: string): StackFile {
  const file = `Pulumi.${name}.yaml`;
  const path = join(root, file);
  if (existsSync(path)) return readStackFile(readFileSync(path, "utf8"), file);
  if (!isPopup(name)) throw new SettingsError(file, ["the file is missing"]);

  const addresses = reserveSlice(layout, name);
  if (addresses === undefined) {
    throw new CommandFailure(
      "every slice of the address plan has a pop-up; destroy one first",
      exitCodes.wrong,
    );
  }
  const template = readStackFile(readFileSync(join(root, popupTemplate), "utf8"), popupTemplate);
  return inSlice(template, addresses);
}
