/** A real PostgreSQL and a real Redis for tests, from the packages of this system, which stays as it is. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

import { cacheFolder } from "../../local/programs/go-program";

/** PostgreSQL runs for nobody who is root; this account has no rights anywhere. */
const nobody = { uid: 65534, gid: 65534 };
const run = promisify(execFile);

/** A store that runs until it is stopped. */
export interface Store {
  /** Its address, without a password: only this machine reaches it. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Programs in one folder, and what they are started with. */
interface Programs {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Starts a PostgreSQL whose superuser is `postgres`; everybody logs in without a password. */
export async function startPostgres(): Promise<Store> {
  const programs = await findPrograms(["initdb", "postgres"], "postgresql");
  const place = temporaryFolder("platform-postgres-");
  const { folder, env } = readableBy(programs, place);
  const account = process.getuid?.() === 0 ? nobody : {};
  if (process.getuid?.() === 0) chownSync(place, nobody.uid, nobody.gid);
  const data = join(place, "data");
  const options = { cwd: place, env, ...account };
  await run(
    join(folder, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    options,
  );
  const port = await freePort();
  const settings = { listen_addresses: "127.0.0.1", unix_socket_directories: place, fsync: "off" };
  const server = spawn(
    join(folder, "postgres"),
    [
      "-D",
      data,
      "-p",
      `${port}`,
      ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
    ],
    { ...options, stdio: ["ignore", "ignore", "pipe"] },
  );
  return ready(
    server,
    place,
    "SIGINT",
    /ready to accept connections/,
    `postgresql://postgres@127.0.0.1:${port}/postgres`,
  );
}

/** Starts a Redis; `settings` are its own, as on its command line. */
export async function startRedis(
  settings: readonly string[] = [],
  by: "plain" | "tls" = "plain",
): Promise<Store> {
  const { folder, env } = await findPrograms(["redis-server"], "redis-server");
  const place = temporaryFolder("platform-redis-");
  const port = await freePort();
  const ports = by === "tls" ? ["--port", "0", "--tls-port", `${port}`] : ["--port", `${port}`];
  const server = spawn(
    join(folder, "redis-server"),
    ["--bind", "127.0.0.1", ...ports, "--save", "", "--dir", place, ...settings],
    { cwd: place, env, stdio: ["ignore", "pipe", "inherit"] },
  );
  const url = `${by === "tls" ? "rediss" : "redis"}://127.0.0.1:${port}`;
  return ready(server, place, "SIGTERM", /Ready to accept connections/, url);
}

async function ready(
  server: ChildProcess,
  place: string,
  signal: NodeJS.Signals,
  sign: RegExp,
  url: string,
): Promise<Store> {
  const kill = () => server.kill("SIGKILL");
  process.once("exit", kill);
  const ended = once(server, "exit");
  const stop = async () => {
    process.off("exit", kill);
    server.kill(signal);
    await ended;
    rmSync(place, { recursive: true, force: true, maxRetries: 5 });
  };
  const output = server.stderr ?? server.stdout;
  let said = "";
  const started = new Promise<void>((resolve) =>
    output?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (sign.test(said)) resolve();
    }),
  );
  const failed = ended.then(() => {
    throw new Error(`${server.spawnfile} ended at its start:\n${said}`);
  });
  await Promise.race([started, failed]);
  failed.catch(() => undefined);
  return { url, stop };
}

/** Where programs are: on this system, or in our cache, out of the package that has them. */
async function findPrograms(names: readonly string[], debianPackage: string): Promise<Programs> {
  const has = (folder: string) => names.every((name) => existsSync(join(folder, name)));
  const installed = [
    ...(process.env["PATH"] ?? "").split(delimiter),
    ...versions("/usr/lib/postgresql"),
  ].find(has);
  if (installed) return { folder: installed, env: process.env };

  const unpacked = join(cacheFolder(), "packages", debianPackage);
  if (!existsSync(unpacked)) await unpack(debianPackage, unpacked);
  const folder = [join(unpacked, "usr/bin"), ...versions(join(unpacked, "usr/lib/postgresql"))].find(has);
  if (!folder) {
    throw new Error(`${unpacked} has no ${names.join(" and no ")}; remove it to have it unpacked again`);
  }
  const libraries = readdirSync(join(unpacked, "usr/lib"))
    .filter((name) => name.endsWith("-linux-gnu"))
    .map((name) => join(unpacked, "usr/lib", name));
  return { folder, env: { ...process.env, LD_LIBRARY_PATH: libraries.join(delimiter) } };
}

function versions(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((version) => join(folder, version, "bin")) : [];
}

/** Unpacks a package and those that it needs and the system has not; the system's own package list is not changed. */
async function unpack(debianPackage: string, folder: string): Promise<void> {
  const draft = `${folder}-${process.pid}`;
  const archives = join(draft, "archives");
  const lists = join(draft, "lists");
  for (const place of [archives, lists]) mkdirSync(join(place, "partial"), { recursive: true });
  try {
    const apt = (...args: string[]) =>
      run("apt-get", [
        "--quiet",
        "--yes",
        "-o",
        `Dir::State::Lists=${lists}`,
        "-o",
        `Dir::Cache::Archives=${archives}`,
        "-o",
        "Debug::NoLocking=true",
        "-o",
        "APT::Sandbox::User=root",
        ...args,
      ]);
    await apt("update");
    await apt("install", "--download-only", "--no-install-recommends", debianPackage);
    for (const archive of readdirSync(archives).filter((name) => name.endsWith(".deb"))) {
      await run("dpkg-deb", ["--extract", join(archives, archive), draft]);
    }
    rmSync(archives, { recursive: true });
    rmSync(lists, { recursive: true });
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another run of the tests was faster.
    if (existsSync(folder)) return;
    throw new Error(
      `${debianPackage} is neither installed nor to be had from the system's packages; install it\n${String(error)}`,
      { cause: error },
    );
  }
}

/** A copy where the one who runs them may not look into the folder that they are in, as into root's home. */
function readableBy(programs: Programs, place: string): Programs {
  if (process.getuid?.() !== 0 || !programs.folder.startsWith(cacheFolder())) return programs;
  const root = programs.folder.slice(0, programs.folder.indexOf("/usr/lib/postgresql"));
  cpSync(root, join(place, "programs"), { recursive: true, verbatimSymlinks: true });
  const moved = (path: string) => path.replaceAll(root, join(place, "programs"));
  return {
    folder: moved(programs.folder),
    env: { ...programs.env, LD_LIBRARY_PATH: moved(programs.env["LD_LIBRARY_PATH"] ?? "") },
  };
}

function temporaryFolder(prefix: string): string {
  const place = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(place, 0o700);
  return place;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
