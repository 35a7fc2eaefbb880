import { setTimeout as pause } from "node:timers/promises";

import { z } from "zod";

import { isRehearsal } from "../../config/rehearsal";
import { CommandFailure, exitCodes } from "../failure";
import * as answers from "./answers";
import type { Deadline } from "./deadline";

/** A call that was answered with something else than success. */
export class ApiRefusal extends CommandFailure {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Where the API is and as whom it is called. */
export interface Connection {
  /** For example `https://sqladmin.googleapis.com/`. */
  readonly endpoint: string;
  readonly token: () => Promise<string>;
  /** Seconds between two looks at an operation. */
  readonly poll: number;
}

/** How often a question is asked again that was not understood or not answered; what changes is asked for once. */
const attempts = 5;

/** The Cloud SQL Admin API of one project, for a rehearsal of one stack: all it can change is what one made. */
export class SqlAdmin {
  constructor(
    private readonly connection: Connection,
    readonly project: string,
    readonly stack: string,
  ) {}

  /** Every instance of the project, in whatever state. */
  instances(): Promise<answers.ListedInstance[]> {
    return this.all("instances", answers.instances);
  }

  instance(name: string): Promise<answers.Instance> {
    return this.ask(`instances/${name}`, answers.instance);
  }

  databases(instance: string): Promise<{ name: string }[]> {
    return this.all(`instances/${instance}/databases`, answers.databases);
  }

  /** The newest backup that is one; the API lists the newest first. */
  async newestBackup(instance: string): Promise<answers.BackupRun | undefined> {
    const runs = await this.all(`instances/${instance}/backupRuns`, answers.backupRuns);
    const ended = ({ endTime = "" }: answers.BackupRun) => Date.parse(endTime) || 0;
    return runs.filter(({ status }) => status === "SUCCESSFUL").sort((a, b) => ended(b) - ended(a))[0];
  }

  insert(body: { name: string } & Record<string, unknown>): Promise<answers.Operation> {
    return this.change("POST", "instances", body.name, body);
  }

  restore(target: string, from: { instance: string; backup: string }): Promise<answers.Operation> {
    const restoreBackupContext = {
      project: this.project,
      instanceId: from.instance,
      backupRunId: from.backup,
    };
    return this.change("POST", `instances/${target}/restoreBackup`, target, { restoreBackupContext });
  }

  delete(name: string): Promise<answers.Operation> {
    return this.change("DELETE", `instances/${name}`, name);
  }

  /** Waits until an operation is done. @throws CommandFailure with what Google says when it failed */
  async wait(begun: answers.Operation, what: string, deadline: Deadline): Promise<void> {
    let operation = begun;
    while (operation.status !== "DONE") {
      await deadline.pause(this.connection.poll, what);
      operation = await this.ask(`operations/${begun.name}`, answers.operation);
    }
    if (!operation.error) return;
    const said = operation.error.errors.map(({ code, message }) =>
      [code, message].filter(Boolean).join(": "),
    );
    throw new CommandFailure(`${what} failed: ${said.join("; ") || "Google does not say why"}`);
  }

  /** Between two looks. */
  async pause(deadline: Deadline, what: string): Promise<void> {
    await deadline.pause(this.connection.poll, what);
  }

  /** The one place from which something is changed, and where it is refused for all that no rehearsal made. */
  private async change(
    method: "POST" | "DELETE",
    path: string,
    instance: string,
    body?: unknown,
  ): Promise<answers.Operation> {
    if (!isRehearsal(this.stack, instance)) {
      throw new CommandFailure(
        `${instance} was not made by a rehearsal of ${this.stack}; a rehearsal changes nothing else`,
        exitCodes.refused,
      );
    }
    return documented(answers.operation, await this.call(method, path, body), `${method} ${path}`);
  }

  private async all<T>(
    path: string,
    shape: z.ZodType<{ items: T[]; nextPageToken?: string | undefined }>,
  ): Promise<T[]> {
    const found: T[] = [];
    let page: string | undefined;
    do {
      const query = page === undefined ? "" : `?pageToken=${encodeURIComponent(page)}`;
      const { items, nextPageToken } = await this.ask(`${path}${query}`, shape);
      found.push(...items);
      page = nextPageToken || undefined;
    } while (page !== undefined);
    return found;
  }

  private async ask<T>(path: string, shape: z.ZodType<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return documented(shape, await this.call("GET", path), `GET ${path}`);
      } catch (error) {
        const passing = error instanceof ApiRefusal && (error.status === 429 || error.status >= 500);
        if (!passing || attempt === attempts) throw error;
        await pause(this.connection.poll * 1000);
      }
    }
  }

  private async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const named = `${method} projects/${this.project}/${path.split("?")[0]}`;
    const authorization = `Bearer ${await this.connection.token()}`;
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.connection.endpoint}v1/projects/${this.project}/${path}`, {
        method,
        headers: {
          authorization,
          // The API is on in the project of the instance, not in the one that our account is of.
          "x-goog-user-project": this.project,
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: "error",
        signal: AbortSignal.timeout(60_000),
      });
      text = await response.text();
    } catch (error) {
      const { cause, message } = error as Error;
      const said = cause instanceof Error ? cause.message : message;
      // As a gateway says that nothing came back.
      throw new ApiRefusal(`Cloud SQL did not answer ${named}: ${said}`, 504);
    }
    if (response.ok) return parsedJson(text);
    const { data } = answers.refusal.safeParse(parsedJson(text));
    const said = data?.error.message ?? text.slice(0, 200);
    throw new ApiRefusal(`Cloud SQL answered ${named} with ${response.status}: ${said}`, response.status);
  }
}

function documented<T>(shape: z.ZodType<T>, answer: unknown, call: string): T {
  const { data, error } = shape.safeParse(answer);
  if (!error) return data;
  throw new CommandFailure(
    `Cloud SQL's answer to ${call} is not the documented one:\n${z.prettifyError(error)}`,
  );
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
