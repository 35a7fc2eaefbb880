import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { loadCatalogue, loadReleases, loadSettings } from "./config/load";
import { createEnvironment } from "./environments";

// Pulumi notes for each promise where it was made, for a debugging switch only. Mapping these traces to TypeScript is
// a fifth of the program's time. All others are kept: of errors, and of resources, whose place is in the state.
const traceOf = Error.prepareStackTrace?.bind(Error);
if (traceOf && !process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) {
  Error.prepareStackTrace = (error, frames): unknown =>
    frames[0]?.getFunctionName() === "debuggablePromise" ? "" : traceOf(error, frames);
}

// Everything is read and checked before the first resource: a mistake changes nothing.
const settings = loadSettings();
const catalogue = loadCatalogue(join(__dirname, "catalog", "services"));
const releases = loadReleases(join(__dirname, "catalog", "releases"), settings, catalogue);

/** What the next person needs to get in; nothing secret is ever an output. */
export = createEnvironment(pulumi.getStack(), settings, { catalogue, releases });
