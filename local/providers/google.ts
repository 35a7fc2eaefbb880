import { isDeepStrictEqual } from "node:util";

import { isBlock, problemsOf } from "../cloud/check";
import type { Cloud } from "../cloud/cloud";
import { CloudError, isPassing } from "../cloud/errors";
import { merged, without } from "../cloud/fields";
import { rules } from "../cloud/rules";
import type { Field, Fields, Rule, Value, Values } from "../cloud/rules/shape";
import { changesBetween } from "./difference";
import type { CheckResult, Difference, Found, Made, Package, Provider, State, Subject } from "./provider";
import { patient } from "./retry";
import { hasUnknown, isUnknown, secret, unknown } from "./wire";

/** The version of the package that the rules were written for. */
const version = "9.37.0";

/** What the provider marks on everything it labels. */
const ownLabel = { "goog-pulumi-provisioned": "true" };

/** The `gcp` package in front of an emulated cloud. */
export function googlePackage(cloud: Cloud) {
  return {
    name: "gcp",
    version,
    configure: (config: Values) => new GoogleProvider(cloud, config),
    replacedBy: () => [],
  } satisfies Package;
}

/**
 * What the real `gcp` provider does around Google's API: defaults, generated names, plans, its own refusals to
 * delete, and patience with answers that pass.
 */
class GoogleProvider implements Provider {
  private readonly project: string | undefined;
  /** The project that pays for calls about things outside of projects. */
  private readonly quotaProject: string | undefined;
  private readonly region: string | undefined;
  private readonly defaultLabels: Values;

  constructor(
    private readonly cloud: Cloud,
    config: Values,
  ) {
    this.project = textOf(config["project"]);
    this.quotaProject =
      config["userProjectOverride"] === "true" ? textOf(config["billingProject"]) : undefined;
    this.region = textOf(config["region"]);
    this.defaultLabels = {
      ...blockOf(config["defaultLabels"]),
      ...(config["addPulumiAttributionLabel"] === "false" ? {} : ownLabel),
    };
  }

  check(subject: Subject, given: Values, old: Values | undefined, seed: Uint8Array): CheckResult {
    const rule = rules.get(subject.kind);
    if (!rule) {
      const reason = `the emulated cloud has no rules for gcp:${subject.kind}; add them in local/cloud/rules`;
      return { inputs: given, failures: [{ property: "", reason }] };
    }
    const inputs = withDefaults(rule.inputs, given);
    if (rule.inputs["project"] && inputs["project"] === undefined && this.project)
      inputs["project"] = this.project;
    if (rule.inputs["region"] && inputs["region"] === undefined && this.region)
      inputs["region"] = this.region;
    if (rule.autonamed && inputs[rule.autonamed] === undefined) {
      inputs[rule.autonamed] = old?.[rule.autonamed] ?? generatedName(subject.name, seed);
    }
    const failures = problemsOf(rule.inputs, inputs, isUnknown).map(({ path, reason }) => ({
      property: path,
      reason,
    }));
    return { inputs, failures };
  }

  diff(subject: Subject, old: State, inputs: Values): Difference {
    const rule = ruleOf(subject);
    const changes = new Map(changesBetween(rule.inputs, old.inputs, inputs, old.outputs));
    for (const property of rule.replacesWhen?.(old.inputs, inputs) ?? []) {
      changes.set(property, { kind: "update", replaces: true });
    }
    if (
      labelField(rule) &&
      !isDeepStrictEqual(this.effectiveLabels(rule, inputs), old.outputs["effectiveLabels"])
    ) {
      const kind = old.outputs["effectiveLabels"] === undefined ? "add" : "update";
      if (!hasUnknown(inputs[labelField(rule) ?? ""]))
        changes.set("effectiveLabels", { kind, replaces: false });
    }
    // Two resources of one name cannot live at once, so a name that the program gave is freed first. The real
    // provider says so whenever it could have made the name itself, even when the name is what changes. A name that it
    // did make is made anew for the replacement.
    const name = rule.autonamed === undefined ? undefined : inputs[rule.autonamed];
    return { changes, deleteBeforeReplace: name !== undefined && !isGenerated(subject.name, name) };
  }

  preview(subject: Subject, inputs: Values, old?: State): Values {
    const rule = ruleOf(subject);
    // What Google filled in stays through a change in place.
    const filled = rule.computed.reduce<Values>((values, path) => {
      const value = old ? valueAt(old.outputs, path.split(".")) : unknown;
      return value === undefined ? values : merged(values, nested(path.split("."), value));
    }, {});
    return this.asOutputs(rule, inputs, merged(filled, inputs));
  }

  async create(subject: Subject, inputs: Values): Promise<Made> {
    const rule = ruleOf(subject);
    const project = this.projectOf(rule, inputs);
    try {
      const { id, state } = await patient(() =>
        this.cloud.create(subject.kind, project, this.request(rule, inputs)),
      );
      return { id, outputs: this.asOutputs(rule, inputs, state) };
    } catch (error) {
      throw explained(error, `creating ${subject.name}`, this.cloud, subject, project, inputs);
    }
  }

  async update(subject: Subject, id: string, inputs: Values): Promise<Values> {
    const rule = ruleOf(subject);
    const { state } = await patient(() =>
      this.cloud.update(subject.kind, this.projectOf(rule, inputs), id, this.request(rule, inputs)),
    );
    return this.asOutputs(rule, inputs, state);
  }

  async remove(subject: Subject, id: string, { inputs, outputs }: State): Promise<void> {
    if (outputs["deletionProtection"] === true) {
      throw new Error(
        `cannot destroy ${subject.name}: deletionProtection is true in the state; set it to false and run \`up\` first`,
      );
    }
    if (outputs["deletionPolicy"] === "PREVENT") {
      throw new Error(
        `cannot destroy ${subject.name}: deletionPolicy is PREVENT in the state; set it to DELETE and run \`up\` first`,
      );
    }
    if (outputs["deletionPolicy"] === "ABANDON") return;
    await patient(() =>
      this.cloud.remove(subject.kind, this.projectOf(ruleOf(subject), { ...outputs, ...inputs }), id),
    );
  }

  async read(subject: Subject, id: string, { inputs, outputs }: State): Promise<Found | undefined> {
    const rule = ruleOf(subject);
    const project = this.projectOf(rule, { ...projectIn(id), ...outputs, ...inputs });
    const found = await patient(() => this.cloud.read(subject.kind, project, id));
    if (!found) return undefined;
    // An import has no inputs yet: they are what the cloud was given, and the provider's defaults. Labels are no input
    // then, since the provider cannot tell its own from the program's.
    const known =
      Object.keys(inputs).length > 0
        ? liveInputs(rule, inputs, found.state)
        : withDefaults(
            rule.inputs,
            without(rule.inputs, found.inputs, (field) => field === rule.inputs[labelField(rule) ?? ""]),
          );
    return { id, inputs: known, outputs: this.asOutputs(rule, known, found.state) };
  }

  /** What is sent to Google: inputs without the provider's own switches, with the provider's labels. */
  private request(rule: Rule, inputs: Values): Values {
    const sent = without(rule.inputs, inputs, (field) => field.providerOnly === true);
    const labels = labelField(rule);
    return labels ? { ...sent, [labels]: { ...this.defaultLabels, ...blockOf(inputs[labels]) } } : sent;
  }

  private asOutputs(rule: Rule, inputs: Values, state: Values): Values {
    const labels = labelField(rule);
    const outputs: Values = { ...state, ...merged(state, inputs) };
    if (labels) {
      outputs["effectiveLabels"] = this.effectiveLabels(rule, inputs);
      outputs["pulumiLabels"] = outputs["effectiveLabels"];
    }
    for (const [name, field] of Object.entries(rule.inputs)) {
      const value = outputs[name];
      if (value !== undefined && containsSecret(field)) outputs[name] = secret(value);
    }
    return outputs;
  }

  private effectiveLabels(rule: Rule, inputs: Values): Values {
    return { ...this.defaultLabels, ...blockOf(inputs[labelField(rule) ?? ""]) };
  }

  private projectOf(rule: Rule, values: Values): string {
    const quota = rule.outsideProjects ? this.quotaProject : undefined;
    const project = textOf(values["project"]) ?? quota ?? this.project;
    if (project === undefined) throw new Error("no project: set it on the provider");
    return project;
  }
}

function ruleOf(subject: Subject): Rule {
  const rule = rules.get(subject.kind);
  if (!rule) throw new Error(`the emulated cloud has no rules for gcp:${subject.kind}`);
  return rule;
}

function labelField(rule: Rule): "labels" | "resourceLabels" | undefined {
  // Other maps called labels (of a notification channel) are settings, not labels.
  if (!rule.computed.includes("effectiveLabels")) return undefined;
  return rule.inputs["labels"] ? "labels" : "resourceLabels";
}

function withDefaults(fields: Fields, given: Values): Values {
  const inputs: Values = { ...given };
  for (const [name, field] of Object.entries(fields)) {
    const value = inputs[name];
    if (value === undefined && field.default !== undefined) inputs[name] = field.default as Value;
    if (field.type === "object" && isBlock(value)) inputs[name] = withDefaults(field.fields, value);
    if (field.type === "list" && field.of.type === "object" && Array.isArray(value)) {
      const { fields: inner } = field.of;
      inputs[name] = value.map((item) => (isBlock(item) ? withDefaults(inner, item) : item));
    }
  }
  return inputs;
}

/** The inputs that a caller gave, as the cloud has them now: what Google filled in beside them is no input. */
function liveInputs(rule: Rule, inputs: Values, state: Values): Values {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, given]) => {
      const field = rule.inputs[name];
      const live = state[name];
      const ours = !field || field.providerOnly || containsSecret(field) || name === labelField(rule);
      return [name, ours || live === undefined ? given : pruned(live, given)];
    }),
  );
}

/** `live` without the parts that `given` does not have. */
function pruned(live: Value, given: Value): Value {
  if (isBlock(live) && isBlock(given)) {
    return Object.fromEntries(
      Object.entries(given).map(([key, value]) => [
        key,
        live[key] === undefined ? value : pruned(live[key], value),
      ]),
    );
  }
  if (Array.isArray(live) && Array.isArray(given) && live.length === given.length) {
    return live.map((item, index) => pruned(item, given[index] ?? null));
  }
  return live;
}

function valueAt(values: Values, path: readonly string[]): Value | undefined {
  return path.reduce<Value | undefined>((at, name) => (isBlock(at) ? at[name] : undefined), values);
}

function nested([name, ...rest]: readonly string[], value: Value): Values {
  if (name === undefined) return {};
  return { [name]: rest.length === 0 ? value : nested(rest, value) };
}

function containsSecret(field: Field): boolean {
  if (field.secret) return true;
  return field.type === "object" && Object.values(field.fields).some(containsSecret);
}

/** A name as the engine makes one: the resource's own and seven hex digits from its seed. */
function generatedName(name: string, seed: Uint8Array): string {
  return `${name}-${Buffer.from(seed).toString("hex").slice(0, 7).padEnd(7, "0")}`;
}

/** The real provider keeps a list of what it filled in; here the form of the name tells. */
const isGenerated = (name: string, given: Value): boolean =>
  typeof given === "string" &&
  given.startsWith(`${name}-`) &&
  /^[0-9a-f]{7}$/.test(given.slice(name.length + 1));

/** "Already exists" with the way out, since that is where an interrupted `up` ends. */
function explained(
  error: unknown,
  doing: string,
  cloud: Cloud,
  subject: Subject,
  project: string,
  inputs: Values,
): Error {
  if (!(error instanceof CloudError)) return error instanceof Error ? error : new Error(String(error));
  const text = `${doing}: ${error.message}`;
  if (error.reason !== "alreadyExists")
    return new Error(isPassing(error) ? `${text} (after several tries)` : text);
  const id = cloud.idOf(subject.kind, project, inputs);
  return new Error(
    `${text}; if an earlier run made it, adopt it: pulumi import gcp:${subject.kind} ${subject.name} ${id}`,
  );
}

function projectIn(id: string): Values {
  const project = /^projects\/([^/]+)\//.exec(id)?.[1];
  return project === undefined ? {} : { project };
}

function textOf(value: Value | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Provider configuration carries its blocks as JSON text. */
function blockOf(value: Value | undefined): Values {
  if (isBlock(value)) return value;
  if (typeof value !== "string" || value === "" || isUnknown(value)) return {};
  const parsed = JSON.parse(value) as Value;
  return isBlock(parsed) ? parsed : {};
}
