import { createHash } from "node:crypto";

import { answered, bodyOf } from "./answers";
import type { RegistryServer } from "./registry-server";

/** A chart as it is pushed: Helm's own layout, an archive with its metadata beside it. */
export interface ChartArchive {
  readonly name: string;
  readonly version: string;
  /** `NAME-VERSION.tgz` */
  readonly archive: Buffer;
  /** What is told of it beside, by `platform.local/…` */
  readonly annotations?: Readonly<Record<string, string>>;
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";
/** Everything that a tag may point at; the registry answers only with what is named. */
const anyManifest = [
  manifestType,
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
].join(", ");
const configType = "application/vnd.cncf.helm.config.v1+json";
const layerType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/** The digest that a tag points at, or undefined when there is no such tag; `name` as the server knows it. */
export async function digestOf(
  server: RegistryServer,
  name: string,
  reference: string,
): Promise<string | undefined> {
  const asked = await server.ask({
    method: "HEAD",
    path: `/v2/${name}/manifests/${reference}`,
    headers: { accept: anyManifest },
  });
  asked.end();
  const { statusCode, headers } = await drained(asked);
  if (statusCode === 404) return undefined;
  if (statusCode !== 200) throw new Error(`the registry answers ${statusCode} for ${name}:${reference}`);
  return String(headers["docker-content-digest"]);
}

/** The tags of an image or chart, none where there is no such thing. */
export async function tagsOf(server: RegistryServer, name: string): Promise<string[]> {
  const asked = await server.ask({ method: "GET", path: `/v2/${name}/tags/list?n=1000` });
  asked.end();
  const answer = await answered(asked);
  const body = await bodyOf(answer);
  if (answer.statusCode === 404) return [];
  return (JSON.parse(body.toString("utf8")) as { tags: string[] | null }).tags ?? [];
}

/** Annotation of what nobody's pipeline has made, but this machine, to have something that runs. */
export const invented = "platform.local/invented";

/** Whether anything under a name was pushed by somebody, and not made up here. */
export async function isSomebodys(server: RegistryServer, name: string): Promise<boolean> {
  const tags = await tagsOf(server, name);
  const marks = await Promise.all(tags.map(async (tag) => isInvented(server, name, tag)));
  return marks.includes(false);
}

async function isInvented(server: RegistryServer, name: string, tag: string): Promise<boolean> {
  const asked = await server.ask({
    method: "GET",
    path: `/v2/${name}/manifests/${tag}`,
    headers: { accept: anyManifest },
  });
  asked.end();
  const body = await bodyOf(await answered(asked));
  const { annotations = {} } = JSON.parse(body.toString("utf8")) as { annotations?: Record<string, string> };
  return invented in annotations;
}

/** Every name that the server holds something under. */
export async function namesIn(server: RegistryServer): Promise<string[]> {
  const asked = await server.ask({ method: "GET", path: "/v2/_catalog?n=1000" });
  asked.end();
  const body = await bodyOf(await answered(asked));
  return (JSON.parse(body.toString("utf8")) as { repositories: string[] }).repositories;
}

/** Pushes a chart as Helm does. */
export async function pushChart(server: RegistryServer, name: string, chart: ChartArchive): Promise<void> {
  const config = Buffer.from(JSON.stringify({ apiVersion: "v2", name: chart.name, version: chart.version }));
  await pushBlob(server, name, config);
  await pushBlob(server, name, chart.archive);
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: descriptor(configType, config),
    layers: [descriptor(layerType, chart.archive)],
    annotations: {
      "org.opencontainers.image.title": chart.name,
      "org.opencontainers.image.version": chart.version,
      ...chart.annotations,
    },
  };
  await put(
    server,
    `/v2/${name}/manifests/${chart.version}`,
    Buffer.from(JSON.stringify(manifest)),
    manifestType,
  );
}

async function pushBlob(server: RegistryServer, name: string, body: Buffer): Promise<void> {
  const asked = await server.ask({ method: "POST", path: `/v2/${name}/blobs/uploads/` });
  asked.end();
  const { statusCode, headers } = await drained(asked);
  if (statusCode !== 202 || headers.location === undefined) {
    throw new Error(`the registry answers ${statusCode} to a new upload for ${name}`);
  }
  const where = headers.location;
  const digest = encodeURIComponent(digestOfBytes(body));
  await put(
    server,
    `${where}${where.includes("?") ? "&" : "?"}digest=${digest}`,
    body,
    "application/octet-stream",
  );
}

async function put(server: RegistryServer, path: string, body: Buffer, type: string): Promise<void> {
  const asked = await server.ask({
    method: "PUT",
    path,
    headers: { "content-type": type, "content-length": body.length },
  });
  asked.end(body);
  const answer = await answered(asked);
  const words = await bodyOf(answer);
  if (answer.statusCode !== 201)
    throw new Error(`the registry answers ${answer.statusCode}: ${words.toString()}`);
}

async function drained(asked: Parameters<typeof answered>[0]) {
  const answer = await answered(asked);
  await bodyOf(answer);
  return answer;
}

/** `sha256:` and what a content's digest is. */
export function digestOfBytes(body: Buffer): string {
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}

function descriptor(mediaType: string, body: Buffer) {
  return { mediaType, digest: digestOfBytes(body), size: body.length };
}
