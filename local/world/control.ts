import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { Fault } from "../cloud/faults";
import type { Project, Values } from "../cloud/rules/shape";
import type { ArtifactRegistry, ChartName } from "../registry/artifact-registry";
import { Refusal } from "../registry/refusal";
import type { Level } from "./level";
import type { World } from "./world";

/** How a command reaches the process that owns a world. */
export interface Address {
  readonly pid: number;
  readonly port: number;
  /** Proves that the caller may read the world's folder. */
  readonly token: string;
  readonly providers: Readonly<Record<string, number>>;
  readonly level: Level;
  /** Address of the proxy that leads to the clusters, where they are real. */
  readonly proxyUrl?: string;
}

export interface Control {
  readonly address: Address;
  close(): Promise<void>;
}

/** A chart on its way to the registry. */
export interface ChartFile extends ChartName {
  /** The archive, as base64. */
  readonly archive: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Charts that a repository, `LOCATION-docker.pkg.dev/PROJECT/ID`, is asked for or gets. */
export interface Charts<Chart> {
  readonly repository: string;
  readonly charts: readonly Chart[];
}

/** What came of it, or why the registry refused it. */
export type ChartsAnswer = { readonly charts: readonly ChartName[] } | { readonly refused: string };

type Answer = (body: unknown) => unknown;

/** Serves the questions and orders of commands about a world, on a free loopback port. */
export async function serveControl(
  world: World,
  level: Level,
  stop: () => void,
  onCall: () => void,
): Promise<Control> {
  const token = randomBytes(24).toString("hex");
  const answers: Readonly<Record<string, Answer>> = {
    "GET /health": () => ({ pid: process.pid }),
    "GET /resources": () => world.cloud.list(),
    "GET /clusters": () => world.clusters?.engine.census() ?? {},
    "GET /journal": () => world.cloud.journal.entries(),
    "POST /locate": async (body) => {
      const { type, inputs, configuration } = body as Record<"inputs" | "configuration", Values> & {
        type: string;
      };
      return (await world.locate(type, inputs, configuration)) ?? null;
    },
    "POST /projects": (body) => {
      for (const project of body as Project[]) world.cloud.register(project);
    },
    "POST /faults": (body) => world.cloud.faults.add(...(body as Fault[])),
    "DELETE /faults": () => world.cloud.faults.clear(),
    "GET /faults": () => ({ hanging: world.cloud.faults.hanging }),
    "POST /unreachable": (body) => {
      const { pid, forget } = body as { pid: number; forget: boolean };
      world.forgetUnreachable(pid, forget);
    },
    "POST /charts/mirror": (body) => world.useChartMirror((body as { folder: string }).folder),
    "POST /charts/missing": (body) => {
      const { repository, charts } = body as Charts<ChartName>;
      return answerOf(world, (registry) => registry.missing(repository, charts));
    },
    "POST /charts": (body) => {
      const { repository, charts } = body as Charts<ChartFile>;
      const archives = charts.map((chart) => ({ ...chart, archive: Buffer.from(chart.archive, "base64") }));
      return answerOf(world, (registry) => registry.publish(repository, archives));
    },
    "POST /stop": () => setImmediate(stop) && undefined,
  };
  const server = createServer((request, response) => {
    void (async () => {
      onCall();
      const found = answers[`${request.method} ${request.url}`];
      const allowed = request.headers.authorization === `Bearer ${token}`;
      const status = !allowed ? 403 : found ? 200 : 404;
      const body = allowed && found ? await found(await bodyOf(request)) : undefined;
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body ?? null));
    })().catch((error: unknown) => {
      // One bad call must not end a world that other stacks are at work in.
      response.writeHead(500, { "content-type": "application/json" }).end(JSON.stringify(String(error)));
    });
  });
  const port = await listen(server);
  return {
    address: {
      pid: process.pid,
      port,
      token,
      providers: world.providers,
      level,
      ...(world.clusters && { proxyUrl: world.clusters.proxyUrl }),
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerOf(
  { clusters }: World,
  ask: (registry: ArtifactRegistry) => Promise<readonly ChartName[]>,
): Promise<ChartsAnswer> {
  if (!clusters?.registry) return { refused: "this world has no registry" };
  try {
    return { charts: await ask(clusters.registry) };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    throw error;
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  return text === "" ? undefined : (JSON.parse(text) as unknown);
}
