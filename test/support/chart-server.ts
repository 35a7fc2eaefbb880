/** A registry and a repository of charts on loopback, with one chart each, for the real Helm to read. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";

export interface ChartServer {
  /** For example `127.0.0.1:40123`. */
  readonly host: string;
  close(): void;
}

export interface ChartServerArgs {
  /** Path of `NAME-VERSION.tgz`. */
  archive: string;
  name: string;
  version: string;
  /** `USER:PASSWORD` without which the registry shows nothing. @default nobody is asked */
  login?: string;
}

/**
 * Serves a chart as `oci://HOST/charts/NAME` and as a repository at `http://HOST`, and to those who take it for their
 * proxy as every other host.
 */
export async function serveChart(args: ChartServerArgs): Promise<ChartServer> {
  const contents = contentsOf(args);
  const server = createServer((request, response) => answer(request, response, contents, args.login));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Content {
  readonly type: string;
  readonly body: Buffer;
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";

function contentsOf({ archive, name, version }: ChartServerArgs): Map<string, Content> {
  const layer = readFileSync(archive);
  const config = Buffer.from(JSON.stringify({ apiVersion: "v2", name, version }));
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: descriptor("application/vnd.cncf.helm.config.v1+json", config),
      layers: [descriptor("application/vnd.cncf.helm.chart.content.v1.tar+gzip", layer)],
    }),
  );
  const index = { apiVersion: "v1", entries: { [name]: [{ name, version, urls: [basename(archive)] }] } };
  const root = `/v2/charts/${name}`;
  const json = (value: object) => ({ type: "application/json", body: Buffer.from(JSON.stringify(value)) });
  return new Map<string, Content>([
    ["/v2/", json({})],
    [`${root}/tags/list`, json({ name: `charts/${name}`, tags: [version] })],
    [`${root}/manifests/${version}`, { type: manifestType, body: manifest }],
    [`${root}/manifests/${digest(manifest)}`, { type: manifestType, body: manifest }],
    [`${root}/blobs/${digest(config)}`, { type: "application/octet-stream", body: config }],
    [`${root}/blobs/${digest(layer)}`, { type: "application/octet-stream", body: layer }],
    ["/index.yaml", json(index)],
    [`/${basename(archive)}`, { type: "application/gzip", body: layer }],
  ]);
}

function answer(
  { url = "", method, headers }: IncomingMessage,
  response: ServerResponse,
  contents: Map<string, Content>,
  login?: string,
): void {
  // Whoever takes it for a proxy asks with the whole address.
  const content = contents.get(url.replace(/^http:\/\/[^/]+/, ""));
  const expected = `Basic ${Buffer.from(login ?? "").toString("base64")}`;
  if (login !== undefined && headers.authorization !== expected) {
    response.writeHead(401, { "www-authenticate": 'Basic realm="charts"' }).end();
  } else if (!content) {
    response.writeHead(404, { "content-type": "application/json" }).end('{"errors":[{"code":"NOT_FOUND"}]}');
  } else {
    response.writeHead(200, {
      "content-type": content.type,
      "content-length": content.body.length,
      "docker-content-digest": digest(content.body),
    });
    response.end(method === "HEAD" ? undefined : content.body);
  }
}

function descriptor(mediaType: string, body: Buffer) {
  return { mediaType, digest: digest(body), size: body.length };
}

function digest(body: Buffer): string {
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}
