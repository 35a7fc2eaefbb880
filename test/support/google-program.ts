import type { Cloud } from "../../local/cloud/cloud";
import type { Values } from "../../local/cloud/rules/shape";
import { googlePackage } from "../../local/providers/google";
import type { State, Subject } from "../../local/providers/provider";
import { revealed } from "../../local/providers/wire";
import { project } from "./small-cloud";

/** A resource as an engine keeps it. */
export interface Kept extends State {
  readonly subject: Subject;
  readonly id: string;
}

/** What an engine asks of the stand-in for the `gcp` provider, one resource at a time. */
export interface GoogleProgram {
  /** Checks and makes it; a failed check is thrown. */
  create(kind: string, inputs: Values, name?: string): Promise<Kept>;
  /** Property to whether its change replaces. */
  plan(kept: Kept, inputs: Values): Record<string, boolean>;
  /** The change that a plan without replacements describes. */
  update(kept: Kept, inputs: Values): Promise<Kept>;
  /** What is there now, or undefined. */
  refresh(kept: Kept): Promise<Kept | undefined>;
  /** What an import of the id finds. */
  adopt(kind: string, id: string): Promise<Kept | undefined>;
  remove(kept: Kept): Promise<void>;
}

const seed = new Uint8Array([1, 2, 3, 4]);

export function googleProgram(cloud: Cloud, config: Values = {}): GoogleProgram {
  const provider = googlePackage(cloud).configure({ project: project.id, region: "europe-west1", ...config });
  const subjectOf = (kind: string, name: string): Subject => ({
    urn: `urn:pulumi:test::platform::gcp:${kind}::${name}`,
    kind,
    name,
  });
  const checked = (subject: Subject, given: Values, old?: Values) => {
    const { inputs, failures } = provider.check(subject, given, old, seed);
    if (failures.length > 0)
      throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    return inputs;
  };
  return {
    create: async (kind, given, name = "main") => {
      const subject = subjectOf(kind, name);
      const inputs = checked(subject, given);
      const { id, outputs } = await provider.create(subject, inputs);
      return { subject, id, inputs, outputs: revealed(outputs) };
    },
    plan: (kept, given) => {
      const { changes } = provider.diff(kept.subject, kept, checked(kept.subject, given, kept.inputs));
      return Object.fromEntries([...changes].map(([path, { replaces }]) => [path, replaces]));
    },
    update: async (kept, given) => {
      const inputs = checked(kept.subject, given, kept.inputs);
      return { ...kept, inputs, outputs: revealed(await provider.update(kept.subject, kept.id, inputs)) };
    },
    refresh: async (kept) => {
      const found = await provider.read(kept.subject, kept.id, kept);
      return found && { ...kept, inputs: found.inputs, outputs: revealed(found.outputs) };
    },
    adopt: async (kind, id) => {
      const subject = subjectOf(kind, "main");
      const found = await provider.read(subject, id, { inputs: {}, outputs: {} });
      return found && { subject, id, inputs: found.inputs, outputs: revealed(found.outputs) };
    },
    remove: (kept) => provider.remove(kept.subject, kept.id, kept),
  };
}
