import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parse, stringify } from "yaml";

import { popupSlices } from "../../config/addresses";
import type { StackFile } from "../../config/stack-file";
import { isPopup, popupsBase } from "../../config/stacks";
import type { StateResource } from "../../local/engine/state";
import { inventoryOf } from "./google-inventory";
import type { Destruction, Found, Place, Tags } from "./place";
import { pulumi } from "./pulumi";

/** Google Cloud, by the `pulumi` and the backend of whoever types. */
export class GoogleCloud implements Place {
  /** The inventory learns of a deletion within minutes: https://docs.cloud.google.com/asset-inventory/docs/search-resources */
  public readonly patience = 20 * 60;
  public readonly pause = 20;

  constructor(
    private readonly checkout: string,
    private readonly project: string,
  ) {}

  public ready(): Promise<void> {
    return Promise.resolve();
  }

  public async stacks(): Promise<string[]> {
    const listed = JSON.parse(await this.quietly("stack", "ls", "--json")) as { name: string }[];
    return listed.map(({ name }) => name.split("/").at(-1) ?? "").filter(isPopup);
  }

  public async tags(stack: string): Promise<Tags> {
    return JSON.parse(await this.quietly("stack", "tag", "ls", "--json", "--stack", stack)) as Tags;
  }

  public async setTags(stack: string, tags: Tags): Promise<void> {
    for (const [name, value] of Object.entries(tags)) {
      await this.quietly("stack", "tag", "set", name, value, "--stack", stack);
    }
  }

  public async slice(stack: string): Promise<string | undefined> {
    const taken = new Map<string, string[]>();
    for (const holder of await this.stacks()) {
      const slice = (await this.tags(holder))["popup:slice"];
      if (slice) taken.set(slice, [...(taken.get(slice) ?? []), holder].sort());
    }
    // Of two that took the same at the same time, the first by its name keeps it.
    const own = [...taken].find(([, [first]]) => first === stack)?.[0];
    const all = Array.from({ length: popupSlices }, (_, index) => `popup-${index}`);
    return own ?? all.find((slice) => !taken.has(slice));
  }

  public async create(stack: string, { config }: StackFile): Promise<void> {
    if (!(await this.stacks()).includes(stack)) {
      await this.quietly("stack", "init", stack, "--no-select", "--secrets-provider", this.secretsProvider());
    }
    // What the engine has written there says how secrets of the stack are encrypted.
    const path = this.settingsFile(stack);
    const written = existsSync(path) ? (parse(readFileSync(path, "utf8")) as object | null) : {};
    const text = stringify(
      { ...written, config },
      { version: "1.1", defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" },
    );
    writeFileSync(path, text);
  }

  public async up(stack: string): Promise<Readonly<Record<string, unknown>>> {
    await pulumi(this.checkout, ["up", "--stack", stack, "--yes", "--skip-preview"]);
    return JSON.parse(await this.quietly("stack", "output", "--json", "--stack", stack)) as Record<
      string,
      unknown
    >;
  }

  public async state(stack: string): Promise<readonly StateResource[]> {
    const { deployment } = JSON.parse(await this.quietly("stack", "export", "--stack", stack)) as Exported;
    return (deployment.resources ?? [])
      .filter(({ delete: replaced }) => replaced !== true)
      .map(({ urn, type, outputs = {} }) => ({ urn, type, outputs }));
  }

  public async destroy(stack: string, { targets, lostCluster = false }: Destruction): Promise<void> {
    await pulumi(
      this.checkout,
      [
        "destroy",
        ...["--stack", stack, "--yes", "--skip-preview"],
        ...(lostCluster ? ["--refresh"] : []),
        ...(targets === undefined ? [] : ["--target-dependents"]),
        ...(targets ?? []).flatMap((urn) => ["--target", urn]),
      ],
      lostCluster ? { env: { PULUMI_K8S_DELETE_UNREACHABLE: "true" } } : {},
    );
  }

  public async remove(stack: string): Promise<void> {
    await this.quietly("stack", "rm", stack, "--yes", "--preserve-config");
    rmSync(this.settingsFile(stack), { force: true });
  }

  public inventory(): Promise<readonly Found[]> {
    return inventoryOf(this.project);
  }

  private settingsFile(stack: string): string {
    return join(this.checkout, `Pulumi.${stack}.yaml`);
  }

  /** What encrypts the state of pop-ups is what encrypts that of their base. */
  private secretsProvider(): string {
    const base = parse(readFileSync(this.settingsFile(popupsBase), "utf8")) as { secretsprovider?: string };
    return base.secretsprovider ?? "default";
  }

  private quietly(...args: string[]): Promise<string> {
    return pulumi(this.checkout, args, { quietly: true });
  }
}

interface Exported {
  readonly deployment: {
    readonly resources?: readonly (Partial<StateResource> &
      Pick<StateResource, "urn" | "type"> & { readonly delete?: boolean })[];
  };
}
