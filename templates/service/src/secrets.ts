import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Reads secrets from their files. */
export interface Secrets {
  /** A secret by the name it has in the catalogue; nothing where the service has none of this name. */
  read(name: string): Promise<string | undefined>;
}

/** The secrets in a folder. They are read each time, since a new version comes without a restart. */
export function openSecrets(folder: string | undefined): Secrets {
  return {
    read: async (name) => {
      if (folder === undefined) return undefined;
      try {
        return (await readFile(join(folder, name), "utf8")).trimEnd();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
  };
}
