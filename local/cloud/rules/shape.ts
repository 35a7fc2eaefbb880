/**
 * The small language in which Google's rules are written down as data.
 *
 * A rule says of one kind of resource what a caller may give, what Google fills in, what forces a replacement,
 * what it refers to and how long it takes. Names are the provider's (camelCase); facts come from the provider's
 * source and Google's reference, so a field that is not written here is refused instead of guessed.
 */

/** What may stand in one input. */
export type Field = TextField | NumberField | FlagField | ObjectField | ListField | MapField;

interface Facts {
  /** The call is refused without it. */
  readonly required?: boolean;
  /**
   * A change makes a new resource instead of changing this one. On an object, or a list of objects, it is the coming
   * and going of the whole (for a list: of its members) that replaces; the fields inside speak for themselves.
   */
  readonly replaces?: boolean;
  /** What the provider writes when the caller leaves it out; it then counts as an input. */
  readonly default?: unknown;
  /** Google fills it in when the caller leaves it out; unknown until the resource exists. */
  readonly computed?: boolean;
  /** Encrypted wherever it is kept or shown. */
  readonly secret?: boolean;
  /** Lives in the provider only, never sent to Google (`deletionPolicy`, `deletionProtection` of a cluster). */
  readonly providerOnly?: boolean;
}

export interface TextField extends Facts {
  readonly type: "text";
  readonly pattern?: RegExp;
  /** The pattern in words, for the refusal. */
  readonly rule?: string;
  readonly maxLength?: number;
  readonly values?: readonly string[];
  /** The value names another resource, by id, self link or bare name. */
  readonly reference?: Reference;
  /** The value is JSON: its form, and what stands in the old one only, is no change to the provider. */
  readonly json?: boolean;
  /** The value is an IAM principal that has to exist: `serviceAccount:…`, `principalSet://…`, `group:…`. */
  readonly principal?: boolean;
}

export interface Reference {
  /** Kinds that may be meant, `compute/network:Network`. */
  readonly kinds: readonly string[];
  /** Output of the other resource that the value may equal; its id, self link and name always may. */
  readonly by?: string;
  /** Output that means the other resource inside its own project only, as its name does. */
  readonly short?: string;
  /** While this resource lives, Google refuses to delete the one it refers to. */
  readonly holds?: boolean;
  /** This resource is a part of the one it refers to and is gone when that one is deleted. */
  readonly partOf?: boolean;
  /** Values that are not references at all (an IP address, an e-mail of another project's account). */
  readonly unless?: RegExp;
}

export interface NumberField extends Facts {
  readonly type: "number";
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly number[];
}

export interface FlagField extends Facts {
  readonly type: "flag";
}

export interface ObjectField extends Facts {
  readonly type: "object";
  readonly fields: Fields;
}

export interface ListField extends Facts {
  readonly type: "list";
  readonly of: Field;
  /** A set: the order carries no meaning and a change of it is no change. */
  readonly unordered?: boolean;
  readonly maxItems?: number;
}

export interface MapField extends Facts {
  readonly type: "map";
  readonly of: Field;
  readonly keyPattern?: RegExp;
}

export type Fields = Readonly<Record<string, Field>>;

/** Plain values as they travel: what JSON can hold. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type Values = Record<string, Value>;

/** What a rule's functions may see of the world round one resource. */
export interface Surroundings {
  /** Project that the resource belongs to. */
  readonly project: Project;
  /** Live resources of a kind, any project; with `text` those that have it as id, in an input or as an output. */
  list(kind: string, text?: string): readonly Resource[];
  /** The resource a reference means, or undefined. */
  find(reference: Reference, value: string, project: string): Resource | undefined;
  /** Live resources of a kind, any project, that refer to the same as this reference, whatever words they use. */
  alsoReferring(kind: string, reference: Reference, value: string): readonly Resource[];
  /** Whether a name puts a thing into another project, and this cloud takes other projects for granted. */
  isAssumed(name: string): boolean;
  /** A number of `digits` digits that is the same for the same words in every run. */
  number(digits: number, ...words: string[]): string;
}

export interface Project {
  readonly id: string;
  /** Project number: digits, as text. */
  readonly number: string;
}

/** One resource as the emulated cloud keeps it. */
export interface Resource {
  readonly kind: string;
  readonly id: string;
  readonly project: string;
  /** Inputs as last accepted, provider-only ones left out. */
  readonly inputs: Values;
  /** Everything a read returns: inputs, what Google filled in and computed. */
  readonly state: Values;
  readonly status: "creating" | "ready" | "deleting";
}

export interface Rule {
  /** The type token after the package: `compute/network:Network`. */
  readonly kind: string;
  /** The API that has to be switched on in the project; absent for calls that always work. */
  readonly api?: string;
  /**
   * The id as the provider builds it: `projects/{project}/global/networks/{name}`. Braces name inputs; two
   * resources of one kind and project with one id cannot live at once. A function, called once at creation, where a
   * template cannot say it.
   */
  readonly id: string | ((inputs: Values, around: Surroundings) => string);
  /** It is of no project; its API has to be on in the one that pays for the call. */
  readonly outsideProjects?: boolean;
  /** The input that gets a generated name when it is left out; an explicit one means delete-before-replace. */
  readonly autonamed?: string;
  readonly inputs: Fields;
  /**
   * What Google adds to the state; pure, and the same for the same resource in every run. Merged deeply under the
   * inputs: what the caller gave wins.
   */
  readonly outputs?: (resource: { id: string; inputs: Values }, around: Surroundings) => Values;
  /** Names of everything `outputs` returns and Google fills in: unknown in a preview. `a.b` for nested ones. */
  readonly computed: readonly string[];
  /** Rules that look at more than one field, or at other resources. Each problem is a refusal (400). */
  readonly refuses?: (inputs: Values, around: Surroundings) => readonly string[];
  /** Changes that Google refuses although the field may change in place, such as a smaller disk. */
  readonly refusesChange?: (old: Values, next: Values) => readonly string[];
  /** Replacements that depend on both values, such as a subnet range that shrinks. Names of inputs. */
  readonly replacesWhen?: (old: Values, next: Values) => readonly string[];
  /** The cloud's own protection: a reason not to delete, or undefined. */
  readonly keeps?: (state: Values, around: Surroundings) => string | undefined;
  /** What happens to the name afterwards. `days`: reserved that long; `ever`: never free again. */
  readonly reservesName?: { readonly days: number } | "ever";
  /** Deleting only drops it from the caller's state, the thing itself stays (key rings, enabled APIs). */
  readonly staysOnDelete?: (inputs: Values) => boolean;
  /** Creating what exists already succeeds and takes it over (IAM members, enabled APIs). */
  readonly adopts?: boolean;
  /** Typical seconds of the real thing, scaled by the world's clock. */
  readonly takes?: { readonly create?: number; readonly update?: number; readonly remove?: number };
  /** Where the facts were read. */
  readonly source: string;
}

const field =
  <T extends Field["type"]>(type: T) =>
  <F extends Omit<Extract<Field, { type: T }>, "type">>(facts?: F): Extract<Field, { type: T }> =>
    ({ type, ...facts }) as unknown as Extract<Field, { type: T }>;

export const text = field("text");
export const number = field("number");
export const flag = field("flag");
export const object = (fields: Fields, facts: Facts = {}): ObjectField => ({
  type: "object",
  fields,
  ...facts,
});
export const list = (of: Field, facts: Omit<ListField, "type" | "of"> = {}): ListField => ({
  type: "list",
  of,
  ...facts,
});
export const map = (of: Field, facts: Omit<MapField, "type" | "of"> = {}): MapField => ({
  type: "map",
  of,
  ...facts,
});
/** One of the listed words. */
export const oneOf = (
  values: readonly string[],
  facts: Omit<TextField, "type" | "values"> = {},
): TextField => ({
  type: "text",
  values,
  ...facts,
});

/** Labels as Google takes them: lower case, digits, dashes and underscores, 63 characters. */
export const labels = (): MapField =>
  map(
    text({
      pattern: /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u,
      rule: "lower case letters, digits, - and _, at most 63",
    }),
    {
      keyPattern: /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u,
    },
  );

/** The provider's own switch: DELETE as usual, PREVENT makes it refuse, ABANDON leaves the thing in the cloud. */
export const deletionPolicy = (): TextField => ({
  type: "text",
  values: ["DELETE", "PREVENT", "ABANDON"],
  default: "DELETE",
  providerOnly: true,
});

/** The project, which the provider fills in from its own configuration. */
export const project = (): TextField => ({ type: "text", replaces: true });

/** The region, which the provider fills in from its own configuration. */
export const region = (): TextField => ({ type: "text", replaces: true });

/** What the provider shows beside `labels`. Default labels and its own mark are in `given` already when it calls. */
export const labelOutputs = (given: Value | undefined): Values => {
  const all = { ...(given as Values | undefined) };
  return { pulumiLabels: all, effectiveLabels: all };
};
