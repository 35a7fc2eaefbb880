import { randomBytes } from "node:crypto";

import { type Api, ApiError, type KubernetesObject } from "../../../clusters/api";
import type { Values } from "../../../cloud/rules/shape";
import type { Target } from "./discovery";

/** An object with the record of who set which of its fields. */
export interface Managed extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & { readonly managedFields?: readonly Manager[] };
}

interface Manager {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
}

export interface Written {
  readonly value: Managed;
  /** What the API server said beside its answer. */
  readonly warnings: readonly string[];
}

export interface WriteOptions {
  /** Under which name the API server keeps what was set. */
  readonly manager: string;
  /** The API server checks all and keeps nothing. */
  readonly dryRun?: boolean;
  /** Takes fields that others have set. */
  readonly force?: boolean;
}

const managerPrefix = "pulumi-kubernetes-";

/** A manager of its own for each object, as the real provider makes it: two of them may share an object. */
export function newManager(): string {
  return `${managerPrefix}${randomBytes(4).toString("hex")}`;
}

/** The manager of ours that made an object, or undefined when somebody else did. */
export function makerOf({ metadata }: Managed): string | undefined {
  return metadata.managedFields?.find(({ manager, subresource }) => {
    return subresource === undefined && manager.startsWith(managerPrefix);
  })?.manager;
}

/** Makes an object that is not there yet; the API server refuses fields that it does not know. */
export function make(api: Api, target: Target, body: Values, options: WriteOptions): Promise<Written> {
  const path = `${target.collection}?${query(options)}`;
  return api.call<Managed>({ method: "POST", path, body });
}

/** Sets the fields in `body` and takes away those that the manager has set before and no longer does. */
export function apply(api: Api, target: Target, body: Values, options: WriteOptions): Promise<Written> {
  const path = `${target.path}?${query(options)}&force=${options.force === true}`;
  return api.call<Managed>({ method: "PATCH", path, body, contentType: "application/apply-patch+yaml" });
}

/** Whether the manager made the object and has not applied to it since: its fields are not kept as applied ones. */
export function madeOnly({ metadata }: Managed, manager: string): boolean {
  return (metadata.managedFields ?? []).some((entry) => isMaking(entry, manager));
}

/** Turns what a manager set by making the object into what it has applied, so that it can take fields away again. */
export async function takeAsApplied(api: Api, target: Target, live: Managed, manager: string): Promise<void> {
  if (!madeOnly(live, manager)) return;
  const managedFields = (live.metadata.managedFields ?? []).map((entry) =>
    isMaking(entry, manager) ? { ...entry, operation: "Apply" } : entry,
  );
  await api.call({
    method: "PATCH",
    path: target.path,
    contentType: "application/json-patch+json",
    body: [
      { op: "replace", path: "/metadata/managedFields", value: managedFields },
      { op: "replace", path: "/metadata/resourceVersion", value: live.metadata.resourceVersion },
    ],
  });
}

/** Gives up every field of a manager; what nobody else has set goes. */
export async function relinquish(api: Api, target: Target, manager: string): Promise<void> {
  const { apiVersion, kind, name, namespace } = target;
  const metadata: Values = namespace === undefined ? { name } : { name, namespace };
  await apply(api, target, { apiVersion, kind, metadata }, { manager });
}

/** The object as it is now, or undefined when there is none. */
export async function liveOf(api: Api, target: Target): Promise<Managed | undefined> {
  try {
    return await api.get<Managed>(target.path);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

function isMaking({ manager, operation, subresource }: Manager, own: string): boolean {
  return manager === own && operation === "Update" && subresource === undefined;
}

function query({ manager, dryRun }: WriteOptions): string {
  return `fieldManager=${encodeURIComponent(manager)}&fieldValidation=Strict${dryRun ? "&dryRun=All" : ""}`;
}
