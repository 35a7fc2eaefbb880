import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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
const manyServices = 300;

/** A stack as it is. */
export function stackSubject(stack: ChosenStack, programFolder: string, rounds: number): Subject {
  return { title: stack.name, stack, programFolder, warmUps: 1, rounds, withoutCheckpoints: false };
}

/** A stack with a generated catalogue, in a copy of the program that is made below `folder`. */
export function growthSubject(
  stack: ChosenStack,
  services: number,
  rounds: number,
  checkout: string,
  folder: string,
): Subject {
  const programFolder = join(folder, `${services}-services`);
  copyProgram(checkout, programFolder);
  growCatalogue(services, programFolder);
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

/** Puts a generated catalogue, of which everything runs, in the place of the one that a copy of the program has. */
export function growCatalogue(services: number, programFolder: string): void {
  const catalogue = join(programFolder, catalogueFolder);
  const real = readCatalogue(catalogue);
  rmSync(catalogue, { recursive: true });
  mkdirSync(catalogue);
  for (const [file, text] of generatedCatalogue(services, real)) writeFileSync(join(catalogue, file), text);
  const releases = join(programFolder, releasesFolder);
  for (const file of readdirSync(releases)) writeFileSync(join(releases, file), generatedReleases(services));
}
