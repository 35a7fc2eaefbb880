import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import type { Cloud } from "../cloud/cloud";
import type { Machinery } from "../cloud/machinery";
import { at, textAt } from "../cloud/rules/read";
import type { Resource } from "../cloud/rules/shape";
import { AssumedRepositories } from "./assumed-repositories";
import { type ChartArchive, digestOf, isSomebodys, pushChart, tagsOf } from "./content";
import { type Access, Front } from "./front";
import { addressOf, idOf, locationOf, type Place, placeOf, placeOfId, storedName } from "./place";
import { Refusal } from "./refusal";
import { RegistryServer } from "./registry-server";

export interface ArtifactRegistryArgs {
  /** Holds what was pushed, and the key of the certificate. */
  readonly folder: string;
  /** Where the certificate goes that its users have to trust. */
  readonly certificate: string;
  /** Path of the program of the registry behind, as `buildRegistry` gives it. */
  readonly program: string;
  readonly onError: (error: unknown) => void;
}

/** What a chart is called, without its content. */
export type ChartName = Pick<ChartArchive, "name" | "version">;

const kind = "artifactregistry/repository:Repository";

/** Every host that serves repositories; a certificate may not say more of a name with one star. */
const servedNames = "*.pkg.dev";

/**
 * Artifact Registry on this machine: behind every emulated repository of format DOCKER is a real registry.
 *
 * It has no port of its own: whoever has a connection hands it over. Who that is, the way in has asked already.
 */
export class ArtifactRegistry {
  /** What the emulated cloud runs behind its resources. */
  readonly machinery: ReadonlyMap<string, Machinery>;

  private readonly server: RegistryServer;
  private readonly front: Front;
  private readonly assumed: AssumedRepositories;
  private cloud: Cloud | undefined;
  private https: Server | undefined;
  /** One publication after the other: two stacks may want the same chart. */
  private publishing: Promise<unknown> = Promise.resolve();

  constructor(private readonly args: ArtifactRegistryArgs) {
    const { folder, program, onError } = args;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.server = new RegistryServer({ folder, program, onError });
    this.front = new Front({ server: this.server, access: (place) => this.access(place) });
    this.assumed = new AssumedRepositories(join(folder, "assumed.json"));
    this.machinery = new Map([
      [
        kind,
        {
          make: (resource) => this.make(resource),
          change: () => Promise.resolve(),
          unmake: (resource) => this.remove(resource),
        },
      ],
    ]);
  }

  /** Makes the certificate where there is none, and takes away what is left of repositories that the cloud has lost. */
  async resume(cloud: Cloud): Promise<void> {
    this.cloud = cloud;
    const { certificate, program } = this.args;
    if (!existsSync(certificate) || !existsSync(this.keyFile)) {
      mkdirSync(dirname(certificate), { recursive: true });
      await promisify(execFile)(program, ["certificate", certificate, this.keyFile, servedNames]);
    }
    const options = { cert: readFileSync(certificate), key: readFileSync(this.keyFile) };
    this.https = createServer(options, (request, response) => void this.front.answer(request, response));
    // A client that does not trust the certificate is no news.
    this.https.on("tlsClientError", (_, socket) => socket.destroy());
    const known = new Set([
      ...cloud.list(kind).map(({ id }) => storedName(placeOfId(id))),
      ...this.assumed.list().map((place) => storedName(place)),
    ]);
    for (const name of this.server.stored()) if (!known.has(name)) this.server.forget(name);
  }

  /** What takes a connection to a host of this registry; undefined for other hosts. */
  entrance(hostName: string): ((connection: Socket) => void) | undefined {
    const { https } = this;
    if (locationOf(hostName) === undefined || !https) return undefined;
    return (connection) => void https.emit("connection", connection);
  }

  /**
   * Which of these charts are not in a repository, and may be made up: none of a service of which somebody has pushed
   * a version, since a version of it that is not there is a mistake then.
   */
  async missing(address: string, charts: readonly ChartName[]): Promise<ChartName[]> {
    const place = repositoryAt(address);
    const wanted = await Promise.all(
      charts.map(async ({ name, version }) => {
        const stored = storedName(place, name);
        const there = (await digestOf(this.server, stored, version)) !== undefined;
        return !there && !(await isSomebodys(this.server, stored));
      }),
    );
    return charts.filter((_, index) => wanted[index] === true);
  }

  /**
   * Puts charts into a repository that are not there yet. A repository of a project that this world holds nothing of
   * is taken for granted, as are its charts: somebody else's world has made them.
   *
   * @returns what was put there
   * @throws Refusal where this world holds the project, and it has no such repository
   */
  publish(address: string, charts: readonly ChartArchive[]): Promise<ChartName[]> {
    const place = repositoryAt(address);
    const done = this.publishing.then(async () => {
      if (!this.find(place)) {
        if (this.holds(place.project)) throw unknown(place);
        this.assumed.add(place);
      }
      const put: ChartName[] = [];
      for (const chart of charts) {
        const name = storedName(place, chart.name);
        if ((await digestOf(this.server, name, chart.version)) !== undefined) continue;
        await pushChart(this.server, name, chart);
        put.push({ name: chart.name, version: chart.version });
      }
      return put;
    });
    this.publishing = done.catch(() => undefined);
    return done;
  }

  /** What is known of a chart that could not be had, `oci://LOCATION-docker.pkg.dev/PROJECT/REPOSITORY/NAME`. */
  async explain(reference: string): Promise<string> {
    const [address, name] = [reference.slice(0, reference.lastIndexOf("/")), lastOf(reference)];
    const place = placeOf(address);
    if (!place) return `${reference} names no repository of Artifact Registry`;
    try {
      this.access(place);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return `this world has no repository ${addressOf(place)}; bring up the stack that makes it`;
    }
    const versions = await tagsOf(this.server, storedName(place, name));
    return versions.length > 0
      ? `the registry of this world has these versions of ${name}: ${versions.join(", ")}`
      : `the registry of this world has no version of ${name} in ${addressOf(place)}`;
  }

  /** Stops the registry behind; what was pushed stays. */
  async stop(): Promise<void> {
    this.https?.closeAllConnections();
    await this.server.stop();
  }

  private get keyFile(): string {
    return join(this.args.folder, "certificate.key");
  }

  private async make(resource: Resource): Promise<void> {
    if (!isDocker(resource)) return;
    await this.server.start();
    // What was only taken for granted is there now, with what is in it.
    this.assumed.remove(placeOfId(resource.id));
  }

  private remove(resource: Resource): Promise<void> {
    const place = placeOfId(resource.id);
    this.server.forget(storedName(place));
    this.assumed.remove(place);
    return Promise.resolve();
  }

  private access(place: Place): Access {
    const found = this.find(place);
    if (!found) {
      if (this.assumed.has(place) && !this.holds(place.project)) return { push: false, immutableTags: true };
      throw unknown(place);
    }
    const mode = textAt(found.inputs, "mode") ?? "STANDARD_REPOSITORY";
    if (mode !== "STANDARD_REPOSITORY") {
      throw new Refusal(501, "UNSUPPORTED", `a repository of mode ${mode} holds nothing in this world`);
    }
    return { push: true, immutableTags: at(found.inputs, "dockerConfig", "immutableTags") === true };
  }

  private find(place: Place): Resource | undefined {
    const id = idOf(place);
    return this.cloud?.list(kind, id).find((one) => one.id === id && one.status === "ready" && isDocker(one));
  }

  private holds(project: string): boolean {
    return this.cloud?.list().some((resource) => resource.project === project) === true;
  }
}

function repositoryAt(address: string): Place {
  const place = placeOf(address);
  if (!place) throw new Refusal(400, "NAME_INVALID", `${address} is no repository of Artifact Registry`);
  return place;
}

/** In Google's words, as `docker push` shows them. */
function unknown({ repository }: Place): Refusal {
  return new Refusal(404, "NAME_UNKNOWN", `Repository "${repository}" not found`);
}

function isDocker({ inputs }: Resource): boolean {
  return inputs["format"] === "DOCKER";
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
