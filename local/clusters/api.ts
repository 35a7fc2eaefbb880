import { Agent, request } from "node:https";

import type { Credentials } from "./certificates";

/** The API server refused, in its own words. */
export class ApiError extends Error {
  public override readonly name = "ApiError";

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Asks an API server as its admin: for what this machine does to a cluster itself, not for what people put into it. */
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
    return this.ask<T>("GET", path);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.ask<T>("POST", path, body);
  }

  delete<T>(path: string): Promise<T> {
    return this.ask<T>("DELETE", path);
  }

  /** Whether a path answers with success; nobody there, or not yet, is no. */
  async answers(path: string): Promise<boolean> {
    return this.ask("GET", path).then(
      () => true,
      () => false,
    );
  }

  close(): void {
    this.agent.destroy();
  }

  private ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      const call = request(
        `${this.endpoint}${path}`,
        { method, agent: this.agent, timeout: 10_000, headers: { "content-type": "application/json" } },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (part: string) => (text += part));
          response.once("error", reject).once("end", () => {
            const status = response.statusCode ?? 0;
            if (status >= 200 && status < 300) resolve(parsed(text) as T);
            else reject(new ApiError(status, refusal(text) ?? `${method} ${path}: status ${status}`));
          });
        },
      );
      call.once("timeout", () => call.destroy(new Error(`${method} ${path}: no answer`)));
      call.once("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

/** Health checks answer in plain text. */
function parsed(text: string): unknown {
  return text.startsWith("{") ? JSON.parse(text) : text;
}

function refusal(text: string): string | undefined {
  const status = parsed(text);
  return typeof status === "object" ? (status as { message?: string }).message : undefined;
}
