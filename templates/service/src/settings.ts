import { readFileSync } from "node:fs";

/** What the platform tells a container, read once and checked. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly version: string;
  readonly environment: string;
  readonly logLevel: string;
  /** How long calls that are still running may take after the signal to stop. */
  readonly stopSeconds: number;
  readonly databaseUrl: string;
  readonly redis: RedisSettings;
  /** Folder with a file for each secret; nothing where the service has none. */
  readonly secrets?: string;
}

export interface RedisSettings {
  readonly url: string;
  /** Whether the password is an access token of the pod's own account. */
  readonly iam: boolean;
  /** Certificates, in PEM, of whoever signs the server's; nothing where the connection is a plain one. */
  readonly authorities?: string;
}

/** Everything that is wrong with the settings, in one message. */
export class SettingsError extends Error {}

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/** Reads the settings from environment variables. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];

  const url = (name: string, protocols: readonly string[]) => {
    const value = env[name] ?? "";
    const allowed = protocols.map((protocol) => `${protocol}//`).join(" or ");
    // The value may have a password in it, so it is not shown.
    if (!protocols.some((protocol) => value.startsWith(`${protocol}//`)) || !URL.canParse(value)) {
      problems.push(
        `${name} is ${value === "" ? "not set" : "no such address"}; give one that starts ${allowed}`,
      );
    }
    return value;
  };
  const number = (name: string, fallback: number, lowest: number, highest: number) => {
    const value = env[name] ?? String(fallback);
    if (!/^\d{1,5}$/.test(value) || Number(value) < lowest || Number(value) > highest) {
      problems.push(`${name} is ${JSON.stringify(value)}; give a number from ${lowest} to ${highest}`);
    }
    return Number(value);
  };
  const oneOf = (name: string, fallback: string, allowed: readonly string[]) => {
    const value = env[name] ?? fallback;
    if (!allowed.includes(value)) {
      problems.push(`${name} is ${JSON.stringify(value)}; give one of ${allowed.join(", ")}`);
    }
    return value;
  };
  const fileText = (name: string) => {
    const path = env[name];
    if (path === undefined) return undefined;
    try {
      return readFileSync(path, "utf8");
    } catch {
      problems.push(`${name} is ${JSON.stringify(path)}, and that file cannot be read`);
      return undefined;
    }
  };

  const authorities = fileText("REDIS_AUTHORITIES");
  const settings: Settings = {
    host: env["HOST"] ?? "0.0.0.0",
    // 0 is any that is free.
    port: number("PORT", 8080, 0, 65535),
    name: env["SERVICE_NAME"] ?? "example-service",
    version: env["SERVICE_VERSION"] ?? "0.0.0",
    environment: env["ENVIRONMENT"] ?? "local",
    logLevel: oneOf("LOG_LEVEL", "info", logLevels),
    // Below the `stopSeconds` of chart/values.yaml, after which the pod is killed.
    stopSeconds: number("STOP_SECONDS", 25, 1, 3600),
    databaseUrl: url("DATABASE_URL", ["postgresql:", "postgres:"]),
    redis: {
      url: url("REDIS_URL", ["redis:", "rediss:"]),
      iam: oneOf("REDIS_AUTH", "none", ["none", "iam"]) === "iam",
      ...(authorities !== undefined && { authorities }),
    },
    ...(env["SECRETS"] !== undefined && { secrets: env["SECRETS"] }),
  };
  if (problems.length > 0) {
    throw new SettingsError(`the settings are wrong:\n${problems.map((text) => `  - ${text}`).join("\n")}`);
  }
  return settings;
}
