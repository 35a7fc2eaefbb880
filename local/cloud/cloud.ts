import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { problemsOf } from "./check";
import { Clock } from "./clock";
import { type Elsewhere, isElsewhere } from "./elsewhere";
import { CloudError } from "./errors";
import { Faults } from "./faults";
import { masked, merged, textsIn } from "./fields";
import { type Call, Journal } from "./journal";
import { Ledger } from "./ledger";
import type { Machinery } from "./machinery";
import { principalProblem } from "./principals";
import { keyOf, Resources } from "./resources";
import { rules } from "./rules";
import type { Project, Resource, Rule, Surroundings, Values } from "./rules/shape";

export interface CloudOptions {
  /** Where the state lives; absent: in memory only. */
  readonly folder?: string;
  /**
   * Seconds here for one second of the real thing.
   * @default 0, everything is immediate
   */
  readonly scale?: number;
  /** @default "checked" */
  readonly elsewhere?: Elsewhere;
  /**
   * What runs behind the resources of a kind.
   * @default nothing: they exist by their entry alone
   */
  readonly machinery?: ReadonlyMap<string, Machinery>;
}

interface Reservation {
  /** RFC 3339 time until which the name stays taken, or `ever`. */
  readonly until: string;
}

const service = "projects/service:Service";

/**
 * An emulated Google Cloud: resources that live by Google's rules, in as many projects as are registered.
 *
 * It knows resources, projects and answers, and nothing of whoever calls. A kind or an input without a rule is
 * refused. What was accepted goes on when the caller dies, as in the real one.
 */
export class Cloud {
  readonly faults = new Faults();
  readonly journal: Journal;
  private readonly clock: Clock;
  private readonly resources: Resources;
  private readonly reserved: Ledger<Reservation>;
  private readonly projects: Ledger<Project>;
  private readonly elsewhere: Elsewhere;
  private readonly machinery: ReadonlyMap<string, Machinery>;
  private readonly underWay = new Map<string, Promise<unknown>>();

  constructor(options: CloudOptions = {}) {
    const { folder } = options;
    if (folder) mkdirSync(folder, { recursive: true });
    const file = (name: string) => (folder ? join(folder, name) : undefined);
    this.clock = new Clock(options.scale ?? 0);
    this.elsewhere = options.elsewhere ?? "checked";
    this.machinery = options.machinery ?? new Map();
    this.journal = new Journal(file("journal.jsonl"));
    this.resources = new Resources(file("resources.jsonl"));
    this.reserved = new Ledger(file("reserved.jsonl"));
    this.projects = new Ledger(file("projects.jsonl"));
    this.finishWhatWasUnderWay();
  }

  /** Makes a project known; projects and their numbers exist before any program runs. */
  register(project: Project): void {
    const known = this.projects.get(project.id);
    if (known?.number === project.number) return;
    this.projects.put(project.id, project);
  }

  /** Live resources, of one kind or all; with `text` those that have it as id, in an input or as an output. */
  list(kind?: string, text?: string): Resource[] {
    return this.resources.list(kind, text);
  }

  /** The id that a resource with these inputs has or would get. */
  idOf(kind: string, project: string, inputs: Values): string {
    return idFrom(ruleOf(kind), { project, ...inputs }, this.around(project));
  }

  /** Makes a resource and answers with its state once it is ready. */
  async create(kind: string, project: string, inputs: Values): Promise<Resource> {
    const rule = ruleOf(kind);
    return this.call("create", kind, project, this.safeId(rule, project, inputs), async (effect) => {
      const around = this.admit(rule, project, inputs);
      const id = idFrom(rule, { project, ...inputs }, around);
      const key = keyOf({ kind, project, id });
      const existing = this.resources.get(kind, project, id);
      if (existing && rule.adopts) return existing;
      if (existing) throw new CloudError(409, "alreadyExists", `${kind} ${id} already exists`);
      this.refuseReserved(key, id);

      const accepted: Resource = {
        kind,
        id,
        project,
        inputs: masked(rule.inputs, inputs),
        state: {},
        status: "creating",
      };
      this.resources.put(accepted);
      await this.work(key, async () => {
        await this.clock.pass(rule.takes?.create ?? 1);
        const finished = this.finished(rule, accepted);
        // What it was given, such as an address, is taken from here on.
        this.resources.put({ ...finished, status: "creating" });
        await this.made(finished);
        this.resources.put(finished);
      });
      await effect();
      return this.resources.get(kind, project, id) ?? accepted;
    });
  }

  /** What a resource is now; one that is being made is waited for. */
  async read(kind: string, project: string, id: string): Promise<Resource | undefined> {
    return this.call("read", kind, project, id, async (effect) => {
      await this.underWay.get(keyOf({ kind, project, id }));
      await effect();
      return this.resources.get(kind, project, id);
    });
  }

  /** Changes a resource in place. */
  async update(kind: string, project: string, id: string, inputs: Values): Promise<Resource> {
    const rule = ruleOf(kind);
    return this.call("update", kind, project, id, async (effect) => {
      const existing = this.existing(kind, project, id);
      this.admit(rule, project, inputs);
      refuse(rule.refusesChange?.(existing.inputs, inputs) ?? []);
      const replaced = { ...existing, inputs: masked(rule.inputs, inputs) };
      await this.work(keyOf(existing), async () => {
        await this.clock.pass(rule.takes?.update ?? 1);
        const finished = this.finished(rule, replaced);
        await this.machinery.get(kind)?.change(existing, finished);
        this.resources.put(finished);
      });
      await effect();
      return this.existing(kind, project, id);
    });
  }

  /** Deletes a resource; one that is gone already counts as deleted. */
  async remove(kind: string, project: string, id: string): Promise<void> {
    const rule = ruleOf(kind);
    await this.call("delete", kind, project, id, async (effect) => {
      const key = keyOf({ kind, project, id });
      await this.underWay.get(key);
      const resource = this.resources.get(kind, project, id);
      if (!resource) return;
      this.refuseWhileNeeded(rule, resource);
      if (!rule.staysOnDelete?.(resource.inputs)) {
        this.resources.put({ ...resource, status: "deleting" });
        await this.work(key, async () => {
          await this.clock.pass(rule.takes?.remove ?? 1);
          await this.unmade(resource);
          this.finishRemoval(resource);
        });
      }
      await effect();
    });
  }

  /** Runs one call: what is planned to go wrong, and a line in the journal whatever comes of it. */
  private async call<T>(
    call: Call,
    kind: string,
    project: string,
    id: string,
    run: (effect: () => Promise<void>) => Promise<T>,
  ): Promise<T> {
    const write = (outcome: string) => this.journal.write({ call, kind, id, project, outcome });
    const planned = this.faults.strike(call, kind, id);
    try {
      if (planned && "fail" in planned) {
        throw new CloudError(planned.fail.status, planned.fail.reason, planned.fail.message);
      }
      const result = await run(async () => {
        if (planned && "hang" in planned) await this.faults.hang();
        if (planned && "loseAnswer" in planned) {
          throw new CloudError(503, "backendError", "The service is currently unavailable");
        }
      });
      write("ok");
      return result;
    } catch (error) {
      write(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  /** Everything that Google checks before it begins: project, API, inputs, what they refer to, the rules of the kind. */
  private admit(rule: Rule, project: string, inputs: Values): Surroundings {
    const around = this.around(project);
    this.refuseDisabledApi(rule, around.project);
    const problems = problemsOf(rule.inputs, inputs, () => false);
    refuse(problems.map(({ path, reason }) => `${path}: ${reason}`));
    for (const { field, path, value } of textsIn(rule.inputs, inputs)) {
      if (
        field.reference &&
        !field.reference.unless?.test(value) &&
        !around.isAssumed(value) &&
        !around.find(field.reference, value, project)
      ) {
        throw new CloudError(404, "notFound", `${path}: the resource '${value}' was not found`);
      }
      if (field.principal)
        refuse([principalProblem(value, around)].filter((problem) => problem !== undefined));
    }
    refuse(rule.refuses?.(inputs, around) ?? []);
    return around;
  }

  private refuseDisabledApi(rule: Rule, project: Project): void {
    if (rule.api === undefined) return;
    const on = this.list(service, rule.api).some(
      (enabled) => enabled.project === project.id && enabled.inputs["service"] === rule.api,
    );
    if (on) return;
    throw new CloudError(
      403,
      "accessNotConfigured",
      `${rule.api} has not been used in project ${project.number} before or it is disabled; enable it and retry`,
    );
  }

  private refuseReserved(key: string, id: string): void {
    const reservation = this.reserved.get(key);
    if (!reservation || (reservation.until !== "ever" && Date.parse(reservation.until) < Date.now())) return;
    const until = reservation.until === "ever" ? "is never free again" : `is kept until ${reservation.until}`;
    throw new CloudError(409, "nameReserved", `the name of the deleted ${id} ${until}; choose another`);
  }

  private refuseWhileNeeded(rule: Rule, resource: Resource): void {
    const kept = rule.keeps?.(resource.state, this.around(resource.project));
    if (kept !== undefined) throw new CloudError(400, "deletionProtected", kept);
    const parts = new Set(this.resources.tiedTo(resource, "partOf").map(({ id }) => id));
    const holders = this.resources
      .tiedTo(resource, "holds")
      .filter((other) => other !== resource && !parts.has(other.id));
    if (holders.length === 0) return;
    const names = holders.map(({ kind, id }) => `${kind} '${id}'`).join(", ");
    throw new CloudError(
      400,
      "resourceInUseByAnotherResource",
      `The resource '${resource.id}' is already being used by ${names}`,
    );
  }

  /** What cannot be made is not there: a second try starts from nothing. */
  private async made(resource: Resource): Promise<void> {
    try {
      await this.machinery.get(resource.kind)?.make(resource);
    } catch (error) {
      this.resources.remove(resource);
      throw error;
    }
  }

  /** What cannot be taken away stays, as it was. */
  private async unmade(resource: Resource): Promise<void> {
    try {
      for (const part of this.resources.tiedTo(resource, "partOf")) {
        await this.machinery.get(part.kind)?.unmake(part);
      }
      await this.machinery.get(resource.kind)?.unmake(resource);
    } catch (error) {
      this.resources.put(resource);
      throw error;
    }
  }

  private finishRemoval(resource: Resource): void {
    for (const part of this.resources.tiedTo(resource, "partOf")) this.drop(part);
    this.drop(resource);
  }

  private drop(resource: Resource): void {
    const key = keyOf(resource);
    const { reservesName } = ruleOf(resource.kind);
    if (reservesName === "ever") this.reserved.put(key, { until: "ever" });
    else if (reservesName) {
      const until = new Date(Date.now() + reservesName.days * 86_400_000).toISOString();
      this.reserved.put(key, { until });
    }
    this.resources.remove(resource);
  }

  private existing(kind: string, project: string, id: string): Resource {
    const resource = this.resources.get(kind, project, id);
    if (!resource) throw new CloudError(404, "notFound", `${kind} '${id}' was not found`);
    return resource;
  }

  private finished(rule: Rule, { kind, id, project, inputs }: Resource): Resource {
    const outputs = rule.outputs?.({ id, inputs: { project, ...inputs } }, this.around(project)) ?? {};
    return { kind, id, project, inputs, state: merged(outputs, inputs), status: "ready" };
  }

  /** Work that goes on whoever waits for it. */
  private async work(key: string, run: () => Promise<void>): Promise<void> {
    const promise = run().finally(() => this.underWay.delete(key));
    this.underWay.set(key, promise);
    await promise;
  }

  /** While nobody looked, Google went on: what was being made is made, what was being deleted is gone. */
  private finishWhatWasUnderWay(): void {
    for (const resource of this.resources.all()) {
      if (resource.status === "creating") this.resources.put(this.finished(ruleOf(resource.kind), resource));
      if (resource.status === "deleting") this.finishRemoval(resource);
    }
  }

  private around(project: string): Surroundings {
    const known = this.projects.get(project);
    if (!known) {
      throw new CloudError(403, "forbidden", `Permission denied on project ${project}, or it does not exist`);
    }
    return {
      project: known,
      list: (kind, text) => this.resources.list(kind, text),
      find: (reference, value, where) => this.resources.find(reference, value, where),
      alsoReferring: (kind, reference, value) =>
        this.resources.alsoReferring(kind, reference, value, project),
      isAssumed: (name) => this.elsewhere === "assumed" && isElsewhere(name, known),
      number: stableNumber,
    };
  }

  private safeId(rule: Rule, project: string, inputs: Values): string {
    try {
      return idFrom(rule, { project, ...inputs }, this.around(project));
    } catch {
      // The call is about to be refused for what makes its id impossible; the journal gets the template.
      return typeof rule.id === "string" ? rule.id : rule.kind;
    }
  }
}

function ruleOf(kind: string): Rule {
  const rule = rules.get(kind);
  if (rule) return rule;
  throw new CloudError(
    501,
    "notImplemented",
    `the emulated cloud has no rules for ${kind}; add them in local/cloud/rules (it knows ${[...rules.keys()].join(", ")})`,
  );
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new CloudError(400, "invalid", problems.join("; "));
}

function idFrom(rule: Rule, inputs: Values, around: Surroundings): string {
  if (typeof rule.id === "function") return rule.id(inputs, around);
  return rule.id.replaceAll(/\{([a-zA-Z]+)\}/g, (_, name: string) => {
    const value = inputs[name];
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw new CloudError(400, "required", `${name}: it is required`);
  });
}

/** A decimal number that looks random and is the same for the same words. */
function stableNumber(digits: number, ...words: string[]): string {
  const hash = createHash("sha256").update(words.join("\n")).digest("hex");
  const decimal = BigInt(`0x${hash}`).toString().slice(0, digits);
  return decimal.startsWith("0") ? `1${decimal.slice(1)}` : decimal;
}
