import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { readSettings, SettingsError } from "../src/settings.js";

const stores = { DATABASE_URL: "postgresql://me@127.0.0.1:5432/notes", REDIS_URL: "redis://127.0.0.1:6379" };

describe("the settings", () => {
  it("are what the platform gives, and defaults for the rest", () => {
    const settings = readSettings({ ...stores, PORT: "9090", SECRETS: "/secrets", REDIS_AUTH: "iam" });
    assert.deepEqual(settings, {
      host: "0.0.0.0",
      port: 9090,
      name: "example-service",
      version: "0.0.0",
      environment: "local",
      logLevel: "info",
      stopSeconds: 25,
      databaseUrl: stores.DATABASE_URL,
      redis: { url: stores.REDIS_URL, iam: true },
      secrets: "/secrets",
    });
  });

  it("say everything that is wrong at once, and show no address", () => {
    const wrong = { PORT: "http", DATABASE_URL: "ftp://hidden.example", REDIS_AUTHORITIES: "/nowhere/ca" };
    assert.throws(
      () => readSettings(wrong),
      (error: Error) => {
        assert.ok(error instanceof SettingsError);
        for (const part of ["PORT", "DATABASE_URL", "REDIS_URL is not set", "/nowhere/ca"]) {
          assert.ok(error.message.includes(part), part);
        }
        assert.ok(!error.message.includes("hidden"));
        return true;
      },
    );
  });
});
