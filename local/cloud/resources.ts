import { textsIn } from "./fields";
import { Ledger } from "./ledger";
import { rules } from "./rules";
import { pathOf } from "./rules/read";
import type { Reference, Resource } from "./rules/shape";
import { WordIndex } from "./word-index";

/** What a reference does to the resource it means: keep it from being deleted, or go with it. */
export type Tie = "holds" | "partOf";

/**
 * The resources of a cloud and how they are found: by kind, by what stands in them, by what a reference means and by
 * what refers to them. What is found costs by its own number, whatever else there is.
 */
export class Resources {
  private readonly ledger: Ledger<Resource>;
  private readonly byText = new WordIndex(textWords);
  private readonly byReference = new WordIndex(referenceWords);
  /** When each came, so that what is found stands in that order. */
  private readonly arrivals = new Map<string, number>();
  private arrived = 0;

  constructor(file?: string) {
    this.ledger = new Ledger(file);
    for (const resource of this.ledger.values()) this.enter(resource);
  }

  /** A resource, live or not. */
  get(kind: string, project: string, id: string): Resource | undefined {
    return this.ledger.get(keyOf({ kind, project, id }));
  }

  put(resource: Resource): void {
    const key = keyOf(resource);
    const before = this.ledger.get(key);
    this.ledger.put(key, resource);
    this.enter(resource, before);
  }

  remove(resource: Resource): void {
    const key = keyOf(resource);
    const before = this.ledger.get(key);
    this.ledger.remove(key);
    if (!before) return;
    this.byText.remove(key, before);
    this.byReference.remove(key, before);
    this.arrivals.delete(key);
  }

  /** All there are, those that are being deleted too. */
  all(): Resource[] {
    return [...this.ledger.values()];
  }

  /** Live resources, of one kind or all; with `text` those that have it as id, in an input or as an output. */
  list(kind?: string, text?: string): Resource[] {
    if (kind === undefined) return this.all().filter(isLive);
    return this.live(this.byText.having([text === undefined ? kind : word(kind, text)]));
  }

  /** The resource that a reference from a project means, or undefined. */
  find(reference: Reference, value: string, project: string): Resource | undefined {
    for (const kind of reference.kinds) {
      const byId = this.get(kind, project, value);
      if (byId && isLive(byId)) return byId;
      const alike = this.live(this.byText.having([word(kind, value), word(kind, pathOf(value))]));
      const found = alike.find((resource) => means(value, resource, reference, project));
      if (found) return found;
    }
    return undefined;
  }

  /** Live resources with a reference that may mean this one and has that tie to it. */
  tiedTo(resource: Resource, tie: Tie): Resource[] {
    return this.live(this.byReference.having(namesOf(resource))).filter((other) =>
      textsIn(fieldsOf(other), other.inputs).some(
        ({ field, value }) =>
          field.reference?.[tie] === true &&
          field.reference.kinds.includes(resource.kind) &&
          means(value, resource, field.reference, other.project),
      ),
    );
  }

  /** Live resources of a kind that refer to the same as this reference from a project, whatever words they use. */
  alsoReferring(kind: string, reference: Reference, value: string, project: string): Resource[] {
    const target = this.find(reference, value, project);
    const names = target ? namesOf(target) : reference.kinds.map((meant) => word(meant, pathOf(value)));
    const id = target?.id ?? pathOf(value);
    return this.live(this.byReference.having(names)).filter(
      (other) =>
        other.kind === kind &&
        textsIn(fieldsOf(other), other.inputs).some(
          ({ field, value: said }) =>
            field.reference !== undefined &&
            (this.find(field.reference, said, other.project)?.id ?? pathOf(said)) === id,
        ),
    );
  }

  private live(found: ReadonlyMap<string, Resource>): Resource[] {
    const arrival = (key: string) => this.arrivals.get(key) ?? 0;
    return [...found]
      .sort(([one], [other]) => arrival(one) - arrival(other))
      .map(([, resource]) => resource)
      .filter(isLive);
  }

  private enter(resource: Resource, before?: Resource): void {
    const key = keyOf(resource);
    this.byText.put(key, resource, before);
    this.byReference.put(key, resource, before);
    if (!before) this.arrivals.set(key, (this.arrived += 1));
  }
}

/** No two resources of one kind and project have one id. */
export function keyOf({ kind, project, id }: Pick<Resource, "kind" | "project" | "id">): string {
  return `${kind} ${project} ${id}`;
}

function isLive({ status }: Resource): boolean {
  return status !== "deleting";
}

function fieldsOf({ kind }: Resource) {
  return rules.get(kind)?.inputs ?? {};
}

function word(kind: string, text: string): string {
  return `${kind} ${text}`;
}

/** What a reference to the resource may say: its id and any of its outputs, of which self link and name are two. */
function namesOf({ kind, id, state }: Resource): string[] {
  const outputs = Object.values(state).filter((value) => typeof value === "string");
  return [id, ...outputs].map((text) => word(kind, text));
}

function textWords(resource: Resource): ReadonlySet<string> {
  const given = textsIn(fieldsOf(resource), resource.inputs).map(({ value }) => word(resource.kind, value));
  return new Set([resource.kind, ...namesOf(resource), ...given]);
}

/** What the references of a resource say, as the words that what they mean may have for a name. */
function referenceWords(resource: Resource): ReadonlySet<string> {
  return new Set(
    textsIn(fieldsOf(resource), resource.inputs).flatMap(({ field, value }) =>
      (field.reference?.kinds ?? []).flatMap((kind) => [word(kind, value), word(kind, pathOf(value))]),
    ),
  );
}

function means(value: string, resource: Resource, reference: Reference, project: string): boolean {
  const { id, state } = resource;
  if (pathOf(value) === id || value === state["selfLink"]) return true;
  if (reference.by !== undefined && value === state[reference.by]) return true;
  if (resource.project !== project) return false;
  return value === state["name"] || (reference.short !== undefined && value === state[reference.short]);
}
