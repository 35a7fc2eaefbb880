/** Reads of plain values that rules share. Anything missing or of another type reads as undefined. */
import type { Resource, Surroundings, Value, Values } from "./shape";

/** The value at a path of property names. */
export const at = (values: Value | undefined, ...path: string[]): Value | undefined =>
  path.reduce<Value | undefined>(
    (inner, name) => (isObject(inner) ? inner[name] : undefined) ?? undefined,
    values,
  );

export const textAt = (values: Value | undefined, ...path: string[]): string | undefined => {
  const value = at(values, ...path);
  return typeof value === "string" && value !== "" ? value : undefined;
};

export const numberAt = (values: Value | undefined, ...path: string[]): number | undefined => {
  const value = at(values, ...path);
  return typeof value === "number" ? value : undefined;
};

/** The list at a path, empty when it is missing. */
export const listAt = (values: Value | undefined, ...path: string[]): Value[] => {
  const value = at(values, ...path);
  return Array.isArray(value) ? value : [];
};

/** The texts in the list at a path. */
export const textsAt = (values: Value | undefined, ...path: string[]): string[] =>
  listAt(values, ...path).filter((value) => typeof value === "string");

const isObject = (value: Value | undefined): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `projects/p/global/networks/main` and `main` both read as `main`. */
export const lastSegment = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** `https://www.googleapis.com/compute/v1/projects/p/…` and `//host/projects/p/…` read as `projects/p/…`. */
export const pathOf = (link: string): string =>
  link.replace(/^(?:https:\/\/[^/]+\/(?:compute\/)?[a-z0-9]+|\/\/[^/]+)\/(?=projects\/)/, "");

/** `digits` hexadecimal digits that are the same for the same words in every run. */
export const hex = (around: Surroundings, digits: number, ...words: string[]): string =>
  BigInt(`1${around.number(Math.ceil(digits * 1.25) + 1, ...words)}`)
    .toString(16)
    .padStart(digits, "0")
    .slice(-digits);

/** An identifier in the form of a UUID that is the same for the same words in every run. */
export const uuid = (around: Surroundings, ...words: string[]): string => {
  const digits = hex(around, 32, ...words);
  return [0, 8, 12, 16, 20].map((start, index, all) => digits.slice(start, all[index + 1])).join("-");
};

/** The address of the account that a service uses for work in a project. */
export const serviceAgent = (domain: string, around: Surroundings): string =>
  `service-${around.project.number}@${domain}.iam.gserviceaccount.com`;

/** Whether the resource is the one that these inputs describe. */
export const sameName = (resource: Resource, inputs: Values, ...also: string[]): boolean =>
  ["name", ...also].every((key) => resource.inputs[key] === inputs[key]);
