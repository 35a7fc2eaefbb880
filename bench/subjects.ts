import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { stringify } from "yaml";

import type { ChosenStack } from "../cli/local/settings";
import { catalogueFolder, readCatalogue } from "../config/catalogue";
import { releasesFolder } from "../config/releases";
import { copyProgram } from "../local/engine/program-copy";
import { generatedCatalogue, generatedReleases } from "./catalogue";

/** A stack to measure. */
export interface Subject {
  readonly title: string;
  readonly stack: ChosenStack;
  readonly programFolder: string;
  /** Rounds before the first that counts. */
  readonly warmUps: number;
  /** Rounds that count. */
  readonly rounds: number;
  /** The engine writes the whole state after each step, so a first up of many resources grows with their square. */
  readonly withoutCheckpoints: boolean;
}

/** From this many services on a round takes minutes: two of them count, and nothing is left to warm up. */
const manyServices = 200;

/** A stack as it is. */
export function stackSubject(stack: ChosenStack, programFolder: string, rounds: number): Subject {
  return { title: stack.name, stack, programFolder, warmUps: 1, rounds, withoutCheckpoints: false };
}

/** A stack with a generated catalogue all of which is released, in a copy of the program that is made below `folder`. */
export function growthSubject(
  stack: ChosenStack,
  services: number,
  rounds: number,
  checkout: string,
  folder: string,
): Subject {
  const programFolder = join(folder, `${services}-services`);
  const catalogue = join(programFolder, catalogueFolder);
  copyProgram(checkout, programFolder);
  rmSync(catalogue, { recursive: true });
  mkdirSync(catalogue);
  const real = readCatalogue(join(checkout, catalogueFolder));
  for (const [file, text] of generatedCatalogue(services, real)) writeFileSync(join(catalogue, file), text);
  writeFileSync(
    join(programFolder, releasesFolder, `${releasesOf(stack)}.yaml`),
    stringify(generatedReleases(services)),
  );
  const many = services >= manyServices;
  return {
    title: `${stack.name} of ${services} services`,
    stack,
    programFolder,
    warmUps: many ? 0 : 1,
    rounds: many ? Math.min(rounds, 2) : rounds,
    withoutCheckpoints: true,
  };
}

function releasesOf({ name, settings }: ChosenStack): string {
  if (settings.environment !== "delivery") throw new RangeError(`${name} runs no services`);
  return settings.services.releases;
}
