import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";

import { answered, bodyOf } from "./answers";
import { digestOf, digestOfBytes, namesIn } from "./content";
import { locationOf, type Place, storedName, type Target, targetOf } from "./place";
import { Refusal } from "./refusal";
import type { RegistryServer } from "./registry-server";

/** What a repository lets its users do. */
export interface Access {
  readonly push: boolean;
  /** A tag that is there never means anything else. */
  readonly immutableTags: boolean;
}

export interface FrontArgs {
  readonly server: RegistryServer;
  /** @throws Refusal where there is no such repository, or it is none that this world plays */
  readonly access: (place: Place) => Access;
}

/** What the server behind is told of a request, and its user of the answer: all the others concern one connection. */
const passedIn = ["accept", "content-type", "content-length", "content-range", "range", "user-agent"];
const passedOut = [
  "content-type",
  "content-length",
  "content-range",
  "accept-ranges",
  "range",
  "etag",
  "link",
];

/**
 * Speaks for Artifact Registry, in front of a registry that knows neither projects nor locations: what there is, who
 * may push, and which tags stay are Google's rules; what is pushed and pulled is the business of the one behind.
 */
export class Front {
  /** Pushes of one tag, one after the other: of two at once, the second finds the tag taken. */
  private readonly pushes = new Map<string, Promise<unknown>>();

  constructor(private readonly args: FrontArgs) {}

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.pass(request, response);
    } catch (error) {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const { status, body } =
        error instanceof Refusal ? error : new Refusal(503, "UNAVAILABLE", String(error));
      // What is not read would be taken for the next request.
      response.writeHead(status, { "content-type": "application/json", connection: "close" });
      response.end(request.method === "HEAD" ? undefined : body);
    }
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const location = locationOf((request.headers.host ?? "").replace(/:\d+$/, ""));
    if (location === undefined) throw new Refusal(404, "NAME_UNKNOWN", `no registry is called so`);
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://front");
    if (pathname === "/v2/" || pathname === "/v2") return json(response, {});
    if (pathname === "/v2/_catalog") return json(response, { repositories: await this.catalogue(location) });

    const target = targetOf(location, pathname);
    if (!target) {
      throw new Refusal(
        400,
        "NAME_INVALID",
        `Missing image name in ${pathname}: /v2/PROJECT/REPOSITORY/IMAGE/…`,
      );
    }
    const { push, immutableTags } = this.args.access(target);
    const reads = request.method === "GET" || request.method === "HEAD";
    if (!reads && !push) {
      const words = `Repository "${target.repository}" not found: this world only takes it for granted, and what is in it was put there by the world; bring up the stack that makes it before you push`;
      throw new Refusal(404, "NAME_UNKNOWN", words);
    }
    if (request.method === "DELETE") {
      throw new Refusal(405, "UNSUPPORTED", "nothing but a whole repository is deleted in this world");
    }
    // Layers are always sent: where a layer lies already is a question of names that the one behind does not know.
    searchParams.delete("mount");
    searchParams.delete("from");
    const query = searchParams.size > 0 ? `?${searchParams.toString()}` : "";
    const tag = /^manifests\/(?!sha256:)(.+)$/.exec(target.rest)?.[1];
    if (request.method === "PUT" && tag !== undefined) {
      const body = await bodyOf(request);
      await this.alone(`${storedName(target, target.name)}:${tag}`, async () => {
        if (immutableTags) await this.refuseMove(target, tag, body);
        await this.forward(request, response, target, query, body);
      });
      return;
    }
    await this.forward(request, response, target, query);
  }

  /** Google's words: https://cloud.google.com/artifact-registry/docs/docker/troubleshoot#push */
  private async refuseMove(target: Target, tag: string, manifest: Buffer): Promise<void> {
    const there = await digestOf(this.args.server, storedName(target, target.name), tag);
    if (there === undefined || there === digestOfBytes(manifest)) return;
    const words = `cannot update tag ${tag}. The repository has enabled tag immutability`;
    throw new Refusal(400, "MANIFEST_INVALID", words);
  }

  private async forward(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    query: string,
    body?: Buffer,
  ): Promise<void> {
    const { name, rest, location } = target;
    const asked = await this.args.server.ask({
      method: request.method ?? "GET",
      path: `/v2/${storedName(target, name)}/${rest}${query}`,
      headers: chosen(request.headers, passedIn),
    });
    const answer = answered(asked);
    // Who goes in the middle of an upload takes it along.
    if (body === undefined) pipeline(request, asked).catch(() => asked.destroy());
    else asked.end(body);
    await passOut(await answer, request, response, location);
  }

  /** What is in the repositories of a location, as their users call it. */
  private async catalogue(location: string): Promise<string[]> {
    const names = await namesIn(this.args.server);
    return names
      .filter((name) => name.startsWith(`${location}/`))
      .map((name) => name.slice(location.length + 1))
      .filter((name) => this.isThere({ location, project: part(name, 0), repository: part(name, 1) }));
  }

  private isThere(place: Place): boolean {
    try {
      this.args.access(place);
      return true;
    } catch {
      return false;
    }
  }

  private async alone(key: string, run: () => Promise<void>): Promise<void> {
    const before = this.pushes.get(key) ?? Promise.resolve();
    const own = before.then(run);
    const settled = own.catch(() => undefined);
    this.pushes.set(key, settled);
    try {
      await own;
    } finally {
      if (this.pushes.get(key) === settled) this.pushes.delete(key);
    }
  }
}

/** Hands an answer on; names in it lose the location, which stands in the host's name already. */
async function passOut(
  answer: IncomingMessage,
  request: IncomingMessage,
  response: ServerResponse,
  location: string,
): Promise<void> {
  const { statusCode = 502, headers } = answer;
  const out: OutgoingHttpHeaders = {
    ...chosen(headers, passedOut),
    "docker-distribution-api-version": "registry/2.0",
  };
  for (const [name, value] of Object.entries(headers)) {
    if (/^(docker|oci)-/.test(name)) out[name] = value;
  }
  if (headers.location !== undefined) out["location"] = headers.location.replace(`/v2/${location}/`, "/v2/");
  const ofTheRegistry = statusCode >= 400 || (request.url ?? "").includes("/tags/list");
  if (!ofTheRegistry || request.method === "HEAD") {
    response.writeHead(statusCode, out);
    await pipeline(answer, response);
    return;
  }
  const text = (await bodyOf(answer)).toString("utf8").replaceAll(`"${location}/`, '"');
  response.writeHead(statusCode, { ...out, "content-length": Buffer.byteLength(text) }).end(text);
}

function chosen(headers: IncomingMessage["headers"], names: readonly string[]): OutgoingHttpHeaders {
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
}

function json(response: ServerResponse, value: object): void {
  const headers = { "content-type": "application/json", "docker-distribution-api-version": "registry/2.0" };
  response.writeHead(200, headers).end(JSON.stringify(value));
}

function part(name: string, index: number): string {
  return name.split("/")[index] ?? "";
}
