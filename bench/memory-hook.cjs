/* eslint-disable @typescript-eslint/no-require-imports -- `node --require` takes CommonJS */
/* global require */
// Loaded into a program's process: notes its peak resident memory, in bytes, when it ends.
const { writeFileSync } = require("node:fs");
const process = require("node:process");

process.on("exit", () => {
  writeFileSync(process.env.BENCH_MEMORY_FILE, String(process.resourceUsage().maxRSS * 1024));
});
