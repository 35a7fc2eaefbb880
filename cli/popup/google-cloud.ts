import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parse, stringify } from "yaml";

import { popupSlices } from "../../config/addresses";
import type { StackFile } from "../../config/stack-file";
import { isPopup, popupsBase } from "../../config/stacks";
import type { StateResource } from "../../local/engine/state";
import { CommandFailure, exitCodes } from "../failure";
import { inventoryOf } from "./google-inventory";
import type { Destruction, Found, Place, Tags } from "./place";
import { pulumi } from "./pulumi";

/** Google Cloud, by the `pulumi` and the backend of whoever types. */
export class GoogleCloud implements Place {
  /** The inventory learns of a deletion within minutes: https://docs.cloud.google.com/asset-inventory/docs/search-resources */
  public readonly patience = 20 * 60;
  public readonly pause: number;

  /** The inventory may know nothing yet of what was made a moment ago, or still know what is gone. */
  public readonly lag = Number(process.env["PLATFORM_INVENTORY_LAG"] ?? 120);
  /** As the engine lists stacks: on its own service with their organization. */
  private readonly listed = new Map<string, string>();
  /**
   * A project without a program, until this process ends. The engine writes settings of stacks beside the project's file; in
   * the checkout they would be taken for somebody's own.
   */
  private readonly folder: string;

  constructor(
    private readonly checkout: string,
    private readonly project: string,
  ) {
    this.pause = Math.min(20, this.lag / 2 + 0.1);
    const folder = mkdtempSync(join(tmpdir(), "platform-popup-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    copyFileSync(join(checkout, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    this.folder = folder;
  }

  public async ready(): Promise<void> {
    // What cannot be looked up in the end is not begun.
    await inventoryOf(this.project);
  }

  public async stacks(): Promise<string[]> {
    const all = JSON.parse(await this.quietly("stack", "ls", "--json")) as { name: string }[];
    this.listed.clear();
    for (const { name } of all) {
      const stack = name.split("/").at(-1) ?? "";
      if (!isPopup(stack)) continue;
      const other = this.listed.get(stack);
      if (other !== undefined) {
        throw new CommandFailure(
          `this login has ${other} and ${name}; log in to a backend that has the pop-ups of one organization`,
          exitCodes.wrong,
        );
      }
      this.listed.set(stack, name);
    }
    return [...this.listed.keys()];
  }

  public async tags(stack: string): Promise<Tags> {
    return JSON.parse(await this.quietly("stack", "tag", "ls", "--json", ...this.of(stack))) as Tags;
  }

  public async setTags(stack: string, tags: Tags): Promise<void> {
    for (const [name, value] of Object.entries(tags)) {
      await this.quietly("stack", "tag", "set", name, value, ...this.of(stack));
    }
  }

  public async slice(stack: string): Promise<string | undefined> {
    const taken = new Map<string, string[]>();
    for (const holder of await this.stacks()) {
      const { "popup:slice": slice } = await this.tags(holder).catch((): Tags => ({}));
      if (slice) taken.set(slice, [...(taken.get(slice) ?? []), holder].sort());
    }
    // Of two that took the same at the same time, the first by its name keeps it.
    const own = [...taken].find(([, [first]]) => first === stack)?.[0];
    const all = Array.from({ length: popupSlices }, (_, index) => `popup-${index}`);
    return own ?? all.find((slice) => !taken.has(slice));
  }

  public async create(stack: string, { config }: StackFile): Promise<void> {
    const path = this.settingsOf(stack);
    const secretsprovider = this.secretsProvider();
    if (!(await this.stacks()).includes(stack)) {
      await this.quietly("stack", "init", stack, "--no-select", "--secrets-provider", secretsprovider);
      await this.stacks();
    }
    // What the engine has written there says how secrets of the stack are encrypted.
    const written = existsSync(path) ? (parse(readFileSync(path, "utf8")) as object | null) : {};
    // The engine reads YAML 1.1, where a time without quotes is no text.
    const form = { version: "1.1", defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" } as const;
    writeFileSync(path, stringify({ secretsprovider, ...written, config }, form));
  }

  public async up(stack: string): Promise<Readonly<Record<string, unknown>>> {
    const settings = ["--config-file", this.settingsOf(stack)];
    await pulumi(this.checkout, ["up", ...this.of(stack), ...settings, "--yes", "--skip-preview"]);
    return JSON.parse(await this.quietly("stack", "output", "--json", ...this.of(stack))) as Record<
      string,
      unknown
    >;
  }

  public async state(stack: string): Promise<readonly StateResource[]> {
    const { deployment } = JSON.parse(await this.quietly("stack", "export", ...this.of(stack))) as Exported;
    return (deployment.resources ?? [])
      .filter(({ delete: replaced }) => replaced !== true)
      .map(({ urn, type, outputs = {} }) => ({ urn, type, outputs }));
  }

  public async destroy(stack: string, { targets, lostCluster = false }: Destruction): Promise<void> {
    await pulumi(
      this.folder,
      [
        "destroy",
        ...[...this.of(stack), "--yes", "--skip-preview"],
        ...(lostCluster ? ["--refresh"] : []),
        ...(targets === undefined ? [] : ["--target-dependents"]),
        ...(targets ?? []).flatMap((urn) => ["--target", urn]),
      ],
      lostCluster ? { env: { PULUMI_K8S_DELETE_UNREACHABLE: "true" } } : {},
    );
  }

  public async remove(stack: string): Promise<void> {
    await this.quietly("stack", "rm", ...this.of(stack), "--yes", "--preserve-config");
  }

  public inventory(): Promise<readonly Found[]> {
    return inventoryOf(this.project);
  }

  private of(stack: string): string[] {
    return ["--stack", this.listed.get(stack) ?? stack];
  }

  private settingsOf(stack: string): string {
    return join(this.folder, `Pulumi.${stack}.yaml`);
  }

  /** What encrypts the state of pop-ups is what encrypts that of their base. */
  private secretsProvider(): string {
    const text = readFileSync(join(this.checkout, `Pulumi.${popupsBase}.yaml`), "utf8");
    return (parse(text) as { secretsprovider?: string }).secretsprovider ?? "default";
  }

  private quietly(...args: string[]): Promise<string> {
    return pulumi(this.folder, args, { quietly: true });
  }
}

interface Exported {
  readonly deployment: {
    readonly resources?: readonly (Partial<StateResource> &
      Pick<StateResource, "urn" | "type"> & { readonly delete?: boolean })[];
  };
}
