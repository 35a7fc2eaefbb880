import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";

import { CommandFailure, exitCodes } from "../failure";

/** The repository of one service, as it lies in a folder. */
export interface ServiceRepository {
  readonly folder: string;
  /** The service's name. */
  readonly name: string;
  /** Files that belong to it, by their paths with slashes: what git tracks or would, or else all. */
  readonly files: readonly string[];
  /** The text of a file, or nothing where there is none. */
  text(path: string): string | undefined;
}

/** Folders that nobody writes by hand; without git to ask they are known by their names. */
const made = [".git", "node_modules", "dist", "build", "target", "reports", ".venv"];

/**
 * Opens the repository in a folder; its name is the service's, unless another is given.
 *
 * @throws CommandFailure when there is no such folder.
 */
export function openRepository(path: string, name?: string): ServiceRepository {
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new CommandFailure(
      `${path} is no folder; give the one that the service's repository is in`,
      exitCodes.wrong,
    );
  }
  const folder = realpathSync(path);
  const files = filesOf(folder);
  return {
    folder,
    name: name ?? basename(folder),
    files,
    text: (file) => {
      const place = join(folder, file);
      return existsSync(place) && statSync(place).isFile() ? readFileSync(place, "utf8") : undefined;
    },
  };
}

function filesOf(folder: string): string[] {
  return trackedFiles(folder) ?? filesBelow(folder, folder);
}

/** What is tracked or would be; nothing where the folder is no part of a git repository. */
function trackedFiles(folder: string): string[] | undefined {
  try {
    const list = execFileSync(
      "git",
      ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "."],
      {
        cwd: folder,
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    // A folder that an outer repository ignores has none of that one's files.
    const files = list.split("\0").filter((file) => file !== "" && existsSync(join(folder, file)));
    return files.length > 0 ? files : undefined;
  } catch {
    return undefined;
  }
}

function filesBelow(folder: string, at: string): string[] {
  return readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
    const path = join(at, entry.name);
    if (entry.isDirectory()) return made.includes(entry.name) ? [] : filesBelow(folder, path);
    return entry.isFile() ? [relative(folder, path).split(sep).join("/")] : [];
  });
}
