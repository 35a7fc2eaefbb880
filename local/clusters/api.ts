import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";

import type { Credentials } from "./certificates";

/** The API server refused, in its own words. */
export class ApiError extends Error {
  public override readonly name = "ApiError";

  constructor(
    readonly status: number,
    message: string,
    /** The refusal as the API server sent it: `reason`, `details.causes`. */
    readonly body: Status = {},
  ) {
    super(message);
  }
}

/** A refusal as an API server words it (`kind: Status`). */
export interface Status {
  readonly message?: string;
  /** For example `AlreadyExists`, `Invalid`, `Forbidden`. */
  readonly reason?: string;
  readonly details?: {
    readonly causes?: readonly { readonly field?: string; readonly message?: string }[];
  };
}

export interface ApiCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its query, for example `/api/v1/pods?labelSelector=app%3Dmain`. */
  readonly path: string;
  readonly body?: unknown;
  /** @default application/json */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** An object of the API, as far as all of them are alike. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
  };
}

export interface ListOf<T> {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly T[];
}

/** What a watch tells: an object that is new, changed or gone. */
export interface Change<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: T;
}

/** How long an answer may take, in milliseconds, before nobody is thought to be there. */
const answerMilliseconds = 10_000;

/** Asks an API server as its admin. */
export class Api {
  private readonly agent: Agent;

  constructor(
    readonly endpoint: string,
    credentials: Credentials,
  ) {
    this.agent = new Agent({
      keepAlive: true,
      ca: credentials.caCertificate,
      cert: credentials.clientCertificate,
      key: credentials.clientKey,
    });
  }

  get<T>(path: string): Promise<T> {
    return this.value<T>({ method: "GET", path });
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.value<T>({ method: "POST", path, body });
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.value<T>({ method: "PUT", path, body });
  }

  /** Changes some fields of an object: a JSON merge patch, in which null takes a field away. */
  patch<T>(path: string, body: unknown): Promise<T> {
    return this.value<T>({ method: "PATCH", path, body, contentType: "application/merge-patch+json" });
  }

  delete<T>(path: string, body?: unknown): Promise<T> {
    return this.value<T>({ method: "DELETE", path, body });
  }

  /** Whether a path answers with success; nobody there, or not yet, is no. */
  async answers(path: string): Promise<boolean> {
    return this.get(path).then(
      () => true,
      () => false,
    );
  }

  /**
   * One call, with the warnings that came beside its answer: that is how Pod Security speaks about a template.
   *
   * @throws ApiError when the API server refuses
   */
  async call<T>(call: ApiCall): Promise<{ value: T; warnings: readonly string[] }> {
    const response = await this.send(call);
    const text = await textOf(response);
    const status = response.statusCode ?? 0;
    if (status < 200 || status >= 300) throw refusalOf(call, status, text);
    return { value: parsed(text) as T, warnings: warningsOf(response) };
  }

  /**
   * Tells of changes below a path (one that lists) after a version of the list, until the API server ends it or
   * `signal` is aborted.
   *
   * @throws ApiError with status 410 when the version is too old: list again
   */
  async *watch<T>(path: string, resourceVersion: string, signal: AbortSignal): AsyncGenerator<Change<T>> {
    const query = `watch=true&allowWatchBookmarks=false&resourceVersion=${resourceVersion}`;
    const call: ApiCall = { method: "GET", path: `${path}${path.includes("?") ? "&" : "?"}${query}`, signal };
    const response = await this.send(call);
    if (response.statusCode !== 200) throw refusalOf(call, response.statusCode ?? 0, await textOf(response));
    let rest = "";
    for await (const part of response.setEncoding("utf8")) {
      const lines = (rest + String(part)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const change = JSON.parse(line) as Change<T> | { type: "ERROR"; object: Status & { code?: number } };
        if (change.type === "ERROR") {
          throw new ApiError(change.object.code ?? 500, change.object.message ?? path, change.object);
        }
        yield change;
      }
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private async value<T>(call: ApiCall): Promise<T> {
    return (await this.call<T>(call)).value;
  }

  private send({ method, path, body, contentType = "application/json", signal }: ApiCall) {
    const text = body === undefined ? "" : JSON.stringify(body);
    // Without its length Node sends the body of a DELETE so that the API server takes it for the next call.
    const headers = { "content-type": contentType, "content-length": Buffer.byteLength(text) };
    return new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(
        `${this.endpoint}${path}`,
        { method, agent: this.agent, headers, ...(signal && { signal }) },
        (response) => {
          clearTimeout(late);
          resolve(response);
        },
      );
      const late = setTimeout(
        () => sent.destroy(new Error(`${method} ${path}: no answer`)),
        answerMilliseconds,
      );
      sent.once("error", (error) => {
        clearTimeout(late);
        reject(error);
      });
      sent.end(text);
    });
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of response.setEncoding("utf8")) text += String(part);
  return text;
}

/** Health checks answer in plain text. */
function parsed(text: string): unknown {
  return text.startsWith("{") ? JSON.parse(text) : text;
}

function refusalOf({ method, path }: ApiCall, status: number, text: string): ApiError {
  const body = parsed(text);
  if (typeof body === "object" && body !== null) {
    const { message = `${method} ${path}: status ${status}` } = body as Status;
    return new ApiError(status, message, body);
  }
  return new ApiError(status, `${method} ${path}: status ${status}`);
}

/** RFC 7234 warnings: `299 - "text"`, several of them joined by commas. */
function warningsOf({ headers }: IncomingMessage): string[] {
  const header = headers["warning"];
  const text = Array.isArray(header) ? header.join(", ") : (header ?? "");
  return [...text.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, quoted = ""]) =>
    quoted.replaceAll(/\\(.)/g, "$1"),
  );
}
