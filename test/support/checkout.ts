import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { commitAll } from "./git";
import { root, temporaryFolder } from "./plan-world";

/** What a command said, and how it ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A clone of this repository as it is now, in which a person works. */
export interface Checkout {
  readonly folder: string;
  /** `./platform …` there. */
  platform(...args: string[]): Promise<Ended>;
  /** Any command, in any folder. */
  run(cwd: string, program: string, ...args: string[]): Promise<Ended>;
  /** Changes a file; a change that changes nothing is a mistake of the test. */
  edit(file: string, from: string | RegExp, to: string): void;
  write(file: string, text: string): void;
  commit(subject: string): void;
}

/** Its modules are this checkout's own, and so are the programs that were built. */
export function cloneOfThis(): Checkout {
  const folder = temporaryFolder("platform-checkout-");
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", ["-C", root, ...list], { encoding: "utf8" }).split("\0");
  for (const file of files) {
    if (file === "" || file === "node_modules") continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const run = (cwd: string, program: string, ...args: string[]) =>
    new Promise<Ended>((resolve) => {
      execFile(program, args, { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
        resolve({ code: error ? Number(error.code) : 0, out, err });
      });
    });
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  return {
    folder,
    platform: (...args) => run(folder, join(folder, "platform"), ...args),
    run,
    edit: (file, from, to) => {
      const before = readFileSync(join(folder, file), "utf8");
      const after = before.replace(from, to);
      if (after === before) throw new Error(`the edit of ${file} changes nothing`);
      write(file, after);
    },
    write,
    commit: (subject) => void commitAll(folder, subject),
  };
}
