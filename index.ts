import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { loadCatalogue, loadSettings } from "./config/load";
import { createEnvironment } from "./environments";

// Everything is read and checked before the first resource: a mistake changes nothing.
const settings = loadSettings();
const catalogue = loadCatalogue(join(__dirname, "catalog", "services"));

/** What the next person needs to get in; nothing secret is ever an output. */
export = createEnvironment(pulumi.getStack(), settings, catalogue);
