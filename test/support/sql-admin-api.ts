/**
 * Cloud SQL's Admin API as far as a rehearsal of a restore calls it, on loopback: paths, fields and refusals as documented,
 * with instances that come and go, operations that take their time, and the metadata server's token.
 * https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Body = Record<string, unknown>;
type OperationType = "CREATE" | "RESTORE_VOLUME" | "DELETE";

export interface SqlInstance {
  readonly name: string;
  state: "RUNNABLE" | "PENDING_CREATE" | "PENDING_DELETE" | "MAINTENANCE" | "FAILED";
  readonly createTime: string;
  readonly instanceType: string;
  readonly region: string;
  readonly databaseVersion: string;
  readonly settings: Body;
  readonly diskEncryptionConfiguration?: { kmsKeyName: string };
  databases: string[];
}

export interface BackupRun {
  readonly id: string;
  readonly status: string;
  readonly endTime?: string;
  /** What is in it. */
  readonly databases: readonly string[];
}

interface Operation {
  readonly name: string;
  readonly operationType: OperationType;
  readonly targetId: string;
  readonly doneAt: number;
  readonly finish: () => void;
  finished: boolean;
  error?: { errors: { code: string; message: string }[] };
}

/** What a test may set and see. */
export interface SqlWorld {
  readonly instances: Map<string, SqlInstance>;
  /** By instance. */
  readonly backups: Map<string, BackupRun[]>;
  /** Backups of instances that are gone. */
  readonly keptBackups: string[];
  /** `METHOD path` of each call that changes something. */
  readonly changes: string[];
  /** Milliseconds. */
  readonly takes: Record<OperationType, number>;
  /** Operations that end with an error. */
  readonly fails: Partial<Record<OperationType, { code: string; message: string }>>;
  /** Calls of this beginning get no answer, though they have their effect. */
  lost?: string;
  /** How many of the next questions are answered with 503. */
  unavailable: number;
  /** How many instances, and backups, one page of a list has. */
  pageSize: number;
}

export interface SqlAdminApi extends SqlWorld {
  /** What a process needs to find it, and the token. */
  readonly environment: Readonly<Record<string, string>>;
  readonly url: string;
  close(): Promise<void>;
}

const token = "ya29.of-the-pod";

/** Fields of what may be sent, by their place; the API refuses others. */
const documented: Readonly<Record<string, readonly string[]>> = {
  "": ["name", "region", "databaseVersion", "settings", "diskEncryptionConfiguration"],
  diskEncryptionConfiguration: ["kmsKeyName"],
  settings: [
    "tier",
    "edition",
    "dataDiskType",
    "dataDiskSizeGb",
    "databaseFlags",
    "availabilityType",
    "ipConfiguration",
    "connectorEnforcement",
    "backupConfiguration",
    "retainBackupsOnDelete",
    "finalBackupConfig",
    "deletionProtectionEnabled",
    "userLabels",
  ],
  "settings.ipConfiguration": ["ipv4Enabled", "sslMode", "pscConfig", "authorizedNetworks", "privateNetwork"],
  "settings.ipConfiguration.pscConfig": ["pscEnabled", "allowedConsumerProjects"],
  "settings.backupConfiguration": ["enabled", "pointInTimeRecoveryEnabled"],
  "settings.finalBackupConfig": ["enabled", "retentionDays"],
};

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** An API for one project, with nothing in it. */
export async function sqlAdminApi(project: string): Promise<SqlAdminApi> {
  const world: SqlWorld = {
    instances: new Map(),
    backups: new Map(),
    keptBackups: [],
    changes: [],
    takes: { CREATE: 60, RESTORE_VOLUME: 60, DELETE: 60 },
    fails: {},
    unavailable: 0,
    pageSize: 100,
  };
  const cloud = new Cloud(world, project);
  const server = createServer((request, response) => void answer(cloud, world, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(world, {
    url: `http://${host}/`,
    environment: { CLOUDSDK_API_ENDPOINT_OVERRIDES_SQL: `http://${host}/`, GCE_METADATA_HOST: host },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}

async function answer(
  cloud: Cloud,
  world: SqlWorld,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const say = (status: number, body: unknown) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  try {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString();
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    const method = request.method ?? "";
    if (pathname === "/computeMetadata/v1/instance/service-accounts/default/token") {
      if (request.headers["metadata-flavor"] !== "Google") throw new Refusal(403, "no metadata-flavor");
      return void say(200, { access_token: token, expires_in: 3599, token_type: "Bearer" });
    }
    if (request.headers.authorization !== `Bearer ${token}`) throw new Refusal(401, "Login Required.");
    if (method === "GET" && world.unavailable > 0) {
      world.unavailable--;
      throw new Refusal(503, "Service Unavailable");
    }
    if (method !== "GET") world.changes.push(`${method} ${pathname}`);
    const body = text === "" ? undefined : (JSON.parse(text) as Body);
    const answered = cloud.call(method, pathname, searchParams.get("pageToken"), body);
    if (world.lost !== undefined && `${method} ${pathname}`.startsWith(world.lost))
      return void request.socket.destroy();
    say(200, answered);
  } catch (error) {
    const status = error instanceof Refusal ? error.status : 500;
    say(status, { error: { code: status, message: (error as Error).message } });
  }
}

class Cloud {
  private readonly operations = new Map<string, Operation>();

  constructor(
    private readonly world: SqlWorld,
    private readonly project: string,
  ) {}

  call(method: string, path: string, page: string | null, body: Body | undefined): unknown {
    this.settle();
    const [, rest] = new RegExp(`^/v1/projects/${this.project}/(.*)$`).exec(path) ?? [];
    if (rest === undefined) throw new Refusal(403, "The client is not authorized to make this request.");
    const [collection, name = "", part, ...more] = rest.split("/");
    if (more.length > 0) throw new Refusal(404, `no ${path}`);
    switch (`${method} ${collection}${name ? " one" : ""}${part ? ` ${part}` : ""}`) {
      case "GET instances":
        return this.page([...this.world.instances.values()].map(shown), page);
      case "POST instances":
        return this.insert(body ?? {});
      case "GET instances one":
        return shown(this.one(name));
      case "DELETE instances one":
        return this.delete(this.one(name));
      case "GET instances one databases":
        return { items: this.running(name).databases.map((database) => ({ name: database })) };
      case "GET instances one backupRuns":
        this.one(name);
        return this.page(
          (this.world.backups.get(name) ?? []).map(({ databases: _, ...run }) => run),
          page,
        );
      case "POST instances one restoreBackup":
        return this.restore(this.running(name), body ?? {});
      case "GET operations one": {
        const operation = this.operations.get(name);
        if (!operation) throw new Refusal(404, `no operation ${name}`);
        return shownOperation(operation);
      }
      default:
        throw new Refusal(404, `no ${method} ${path}`);
    }
  }

  private page<T>(all: readonly T[], page: string | null): unknown {
    const from = Number(page ?? 0);
    const to = from + this.world.pageSize;
    return { items: all.slice(from, to), ...(to < all.length && { nextPageToken: String(to) }) };
  }

  private insert(body: Body): unknown {
    refuseUnknown(body, "");
    const { name, region, databaseVersion, settings } = body as unknown as SqlInstance;
    if (!name || !region || !databaseVersion || !settings["tier"])
      throw new Refusal(400, "a field is missing");
    if (this.world.instances.has(name)) throw new Refusal(409, "The Cloud SQL instance already exists.");
    const instance: SqlInstance = {
      ...(body as unknown as SqlInstance),
      state: "PENDING_CREATE",
      createTime: new Date().toISOString(),
      instanceType: "CLOUD_SQL_INSTANCE",
      databases: ["postgres"],
    };
    this.world.instances.set(name, instance);
    return this.begin("CREATE", instance, (failed) => {
      instance.state = failed ? "FAILED" : "RUNNABLE";
    });
  }

  private restore(target: SqlInstance, body: Body): unknown {
    this.refuseBusy(target);
    const context = body["restoreBackupContext"] as Record<string, string> | undefined;
    const source = this.one(context?.["instanceId"] ?? "");
    const run = this.world.backups.get(source.name)?.find(({ id }) => id === context?.["backupRunId"]);
    if (context?.["project"] !== this.project || run?.status !== "SUCCESSFUL") {
      throw new Refusal(404, "The backup run does not exist.");
    }
    if (target.databaseVersion !== source.databaseVersion) throw new Refusal(400, "another database version");
    const disk = ({ settings }: SqlInstance) => Number(settings["dataDiskSizeGb"]);
    if (!(disk(target) >= disk(source))) throw new Refusal(400, "the disk is too small for the backup");
    target.state = "MAINTENANCE";
    return this.begin("RESTORE_VOLUME", target, (failed) => {
      target.state = "RUNNABLE";
      if (!failed) target.databases = [...run.databases];
    });
  }

  private delete(instance: SqlInstance): unknown {
    this.refuseBusy(instance);
    const { settings, name } = instance;
    if (settings["deletionProtectionEnabled"]) throw new Refusal(400, "The instance is protected.");
    instance.state = "PENDING_DELETE";
    return this.begin("DELETE", instance, (failed) => {
      if (failed) {
        instance.state = "RUNNABLE";
        return;
      }
      this.world.instances.delete(name);
      const final = settings["finalBackupConfig"] as { enabled?: boolean } | undefined;
      if (settings["retainBackupsOnDelete"] || final?.enabled) this.world.keptBackups.push(name);
    });
  }

  private begin(
    operationType: OperationType,
    { name: targetId }: SqlInstance,
    end: (failed: boolean) => void,
  ): unknown {
    const failure = this.world.fails[operationType];
    const operation: Operation = {
      name: `operation-${this.operations.size + 1}`,
      operationType,
      targetId,
      doneAt: Date.now() + this.world.takes[operationType],
      finish: () => end(failure !== undefined),
      finished: false,
      ...(failure && { error: { errors: [failure] } }),
    };
    this.operations.set(operation.name, operation);
    return shownOperation(operation);
  }

  private settle(): void {
    for (const operation of this.operations.values()) {
      if (operation.finished || Date.now() < operation.doneAt) continue;
      operation.finished = true;
      operation.finish();
    }
  }

  private one(name: string): SqlInstance {
    const instance = this.world.instances.get(name);
    if (!instance) throw new Refusal(404, "The Cloud SQL instance does not exist.");
    return instance;
  }

  private running(name: string): SqlInstance {
    const instance = this.one(name);
    if (instance.state !== "RUNNABLE") throw new Refusal(400, `The instance is ${instance.state}.`);
    return instance;
  }

  private refuseBusy({ name }: SqlInstance): void {
    if ([...this.operations.values()].some(({ targetId, finished }) => targetId === name && !finished)) {
      throw new Refusal(409, "Operation failed because another operation was already in progress.");
    }
  }
}

function shown({ databases: _, ...instance }: SqlInstance): unknown {
  return { kind: "sql#instance", ...instance };
}

function shownOperation({ name, operationType, targetId, finished, error }: Operation): unknown {
  const status = finished ? "DONE" : "RUNNING";
  return {
    kind: "sql#operation",
    name,
    operationType,
    targetId,
    status,
    ...(finished && error && { error }),
  };
}

function refuseUnknown(body: Body, at: string): void {
  const allowed = documented[at];
  if (!allowed) return;
  for (const [key, value] of Object.entries(body)) {
    const path = at === "" ? key : `${at}.${key}`;
    if (!allowed.includes(key)) throw new Refusal(400, `Unknown name "${path}": Cannot find field.`);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      refuseUnknown(value as Body, path);
  }
}
