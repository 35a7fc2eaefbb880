import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { parseDocument } from "yaml";

import { commitAll, git } from "./git";
import { programCopy, root } from "./plan-world";

/** A copy of the program as a repository whose main is the base of whatever is edited. */
export interface ProgramRepository {
  readonly folder: string;
  /** Changes a file; a change that changes nothing is a mistake of the test. */
  edit(file: string, from: string, to: string): void;
  /** Changes or removes (undefined) one setting of a stack. */
  set(stack: string, value: unknown, ...path: string[]): void;
  write(file: string, text: string): void;
  remove(file: string): void;
  /** Takes every edit back. */
  reset(): void;
}

export function programRepository(): ProgramRepository {
  const folder = programCopy({});
  cpSync(join(root, "package-lock.json"), join(folder, "package-lock.json"));
  writeFileSync(join(folder, ".gitignore"), "node_modules\nPulumi.popup-*.yaml\n");
  commitAll(folder, "the program as it is");
  const change = (file: string, edited: (text: string) => string) => {
    const before = readFileSync(join(folder, file), "utf8");
    const after = edited(before);
    if (after === before) throw new Error(`the edit of ${file} changes nothing`);
    writeFileSync(join(folder, file), after);
  };
  return {
    folder,
    edit: (file, from, to) => change(file, (text) => text.replaceAll(from, to)),
    set: (stack, value, ...path) =>
      change(`Pulumi.${stack}.yaml`, (text) => {
        const document = parseDocument(text);
        if (value === undefined) document.deleteIn(["config", ...path]);
        else document.setIn(["config", ...path], value);
        return document.toString();
      }),
    write: (file, text) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    remove: (file) => rmSync(join(folder, file)),
    reset: () => {
      git(folder, "checkout", "--quiet", "--", ".");
      git(folder, "clean", "--quiet", "--force");
    },
  };
}
