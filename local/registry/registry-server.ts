import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request as httpRequest, type ClientRequest, type RequestOptions } from "node:http";
import { join, sep } from "node:path";

import { ProcessGroup } from "../clusters/process-group";

export interface RegistryServerArgs {
  /** Holds everything of it; a server that was stopped or killed goes on here with what it held. */
  readonly folder: string;
  /** Path of the program, as `buildRegistry` gives it. */
  readonly program: string;
  /** Told when it died; it is started again for whoever asks next. */
  readonly onError: (error: unknown) => void;
}

/** What this server is asked with, for as long as it runs. */
interface Running {
  readonly group: ProcessGroup;
  readonly port: number;
  readonly token: string;
}

/** How long a start may take, in seconds: a hundred times what it takes on a quiet machine. */
const patienceSeconds = 60;

/**
 * The real registry, distribution, on loopback. It is started when it is first asked, ends with this process, and
 * answers this process alone.
 */
export class RegistryServer {
  private running: Promise<Running> | undefined;
  private stopped = false;

  constructor(private readonly args: RegistryServerArgs) {}

  /** Starts it unless it runs. */
  async start(): Promise<void> {
    await this.reached();
  }

  /** Begins a request; the caller writes its body and listens for the answer. */
  async ask(options: Pick<RequestOptions, "method" | "path" | "headers">): Promise<ClientRequest> {
    const { port, token } = await this.reached();
    const headers = { ...options.headers, authorization: `Bearer ${token}` };
    return httpRequest({ ...options, headers, host: "127.0.0.1", port });
  }

  /** The first three parts of every name that it holds something under. */
  stored(): string[] {
    if (!existsSync(this.names)) return [];
    return readdirSync(this.names, { recursive: true, encoding: "utf8" })
      .map((path) => path.split(sep).join("/"))
      .filter((path) => path.split("/").length === 3);
  }

  /** Takes everything away that is called so or lies below; what images share stays, and nobody can ask for it. */
  forget(name: string): void {
    rmSync(join(this.names, name), { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    const running = await this.running?.catch(() => undefined);
    await running?.group.stop();
  }

  /** Distribution's own layout: a folder for each part of a name. */
  private get names(): string {
    return join(this.args.folder, "data", "docker", "registry", "v2", "repositories");
  }

  private reached(): Promise<Running> {
    if (this.stopped) return Promise.reject(new Error("the local world is being ended"));
    this.running ??= this.begin();
    this.running.catch(() => (this.running = undefined));
    return this.running;
  }

  private async begin(): Promise<Running> {
    const { folder, program } = this.args;
    const portFile = join(folder, "port");
    mkdirSync(join(folder, "data"), { recursive: true, mode: 0o700 });
    rmSync(portFile, { force: true });
    const token = randomBytes(24).toString("hex");
    const group = new ProcessGroup();
    group.start({
      name: "oci-registry",
      program,
      args: ["data", "port"],
      folder,
      env: { PATH: process.env["PATH"] ?? "", HOME: folder, REGISTRY_TOKEN: token },
      log: join(folder, "registry.log"),
    });
    void group.ended.then((death) => {
      this.running = undefined;
      if (death && !this.stopped) this.args.onError(death);
    });
    try {
      await group.until("the registry", () => existsSync(portFile), patienceSeconds);
    } catch (error) {
      await group.stop();
      throw error;
    }
    return { group, port: Number(readFileSync(portFile, "utf8")), token };
  }
}
