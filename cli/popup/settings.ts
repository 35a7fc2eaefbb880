import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { catalogueFolder, readCatalogue } from "../../config/catalogue";
import { SettingsError } from "../../config/problems";
import { releasesFolder, releasesOf } from "../../config/releases";
import { inSlice, popupTemplate, readStackFile, type StackFile } from "../../config/stack-file";
import { longLivedStacks, popupsBase } from "../../config/stacks";
import { CommandFailure, exitCodes } from "../failure";
import { checked } from "../local/settings";

/** What a pop-up is asked to run. */
export interface Wish {
  /**
   * The environment whose versions it runs.
   * @default the one of the settings: staging
   */
  readonly from?: string;
  /** Versions of its own, by service. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface PopupSettings {
  readonly file: StackFile;
  /** The environment whose versions it runs. */
  readonly from: string;
}

/**
 * The settings of a pop-up: those of its own file where the checkout has one, else those that every pop-up starts from.
 * All that is wrong with them and with the wish is said at once.
 *
 * @throws SettingsError
 */
export function popupSettings(checkout: string, stack: string, slice: string, wish: Wish): PopupSettings {
  const own = `Pulumi.${stack}.yaml`;
  const name = existsSync(join(checkout, own)) ? own : popupTemplate;
  const file = readStackFile(readFileSync(join(checkout, name), "utf8"), name);
  const services = {
    ...(file.config["platform:services"] as object | undefined),
    ...(wish.from !== undefined && { releases: wish.from }),
    ...(Object.keys(wish.versions).length > 0 && { versions: wish.versions }),
  };
  const wished = inSlice({ ...file, config: { ...file.config, "platform:services": services } }, slice);
  const settings = checked(wished);
  if (settings.environment !== "delivery" || settings.lifecycle !== "disposable") {
    throw new SettingsError(name, [
      "a pop-up is platform:environment delivery with platform:lifecycle disposable: all of it can be removed",
    ]);
  }
  const project = popupProject(checkout);
  if (settings.project !== project) {
    throw new SettingsError(name, [
      `platform:project is ${JSON.stringify(settings.project)}; pop-ups are in ${project}, where they can be looked up and removed`,
    ]);
  }
  releasesOf(
    settings.services,
    join(checkout, releasesFolder),
    readCatalogue(join(checkout, catalogueFolder)),
  );
  return { file: wished, from: settings.services.releases };
}

/**
 * The project that all pop-ups share: nothing in another is ever touched.
 *
 * @throws SettingsError
 */
export function popupProject(checkout: string): string {
  const template = readStackFile(readFileSync(join(checkout, popupTemplate), "utf8"), popupTemplate);
  const project = template.config["platform:project"];
  const longLived = longLivedStacks
    .filter((stack) => stack !== popupsBase)
    .map((stack) => `Pulumi.${stack}.yaml`)
    .filter((file) => existsSync(join(checkout, file)))
    .map(
      (file) => readStackFile(readFileSync(join(checkout, file), "utf8"), file).config["platform:project"],
    );
  if (typeof project !== "string" || longLived.includes(project)) {
    throw new SettingsError(popupTemplate, [
      `platform:project is ${JSON.stringify(project)}; it must be a project that no environment which lives for good has`,
    ]);
  }
  return project;
}

/**
 * `--set SERVICE=VERSION`, one after the other.
 *
 * @throws CommandFailure
 */
export function addVersion(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const [, service = "", version = ""] = /^([a-z][a-z0-9-]*)=(\S+)$/.exec(text) ?? [];
  if (service === "" || Object.hasOwn(before, service)) {
    throw new CommandFailure(
      service === ""
        ? `--set is ${JSON.stringify(text)}; it must be SERVICE=VERSION, such as billing=1.5.0-pr.57`
        : `--set gives two versions of ${service}: ${before[service] ?? ""} and ${version}`,
      exitCodes.wrong,
    );
  }
  return { ...before, [service]: version };
}
