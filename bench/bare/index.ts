/** As many trivial resources as are asked for: what the engine takes for a program that says nothing. */
import * as pulumi from "@pulumi/pulumi";

// No trace at all is mapped to TypeScript, not even those of resources, which the real program keeps: this is the least
// that a program can take.
const mapped = Error.prepareStackTrace?.bind(Error);
if (mapped) {
  Error.prepareStackTrace = (error, calls): unknown => (error.message === "" ? "" : mapped(error, calls));
}

class Provider extends pulumi.ProviderResource {
  constructor() {
    super("bare", "main", {});
  }
}

class Thing extends pulumi.CustomResource {
  constructor(name: string, args: { number: number }, opts: pulumi.CustomResourceOptions) {
    super("bare:index:Thing", name, args, opts);
  }
}

const provider = new Provider();
// The stack and the provider are resources too.
const things = Number(process.env["BENCH_RESOURCES"]) - 2;
for (let number = 0; number < things; number += 1) new Thing(`thing-${number}`, { number }, { provider });
