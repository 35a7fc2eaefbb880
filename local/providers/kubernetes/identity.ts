import { isBlock } from "../../cloud/check";
import type { Value, Values } from "../../cloud/rules/shape";

/** Which API an object is of. */
export interface ApiKind {
  /** With its group where it has one: `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
}

/** What a type token says: `core/v1:Namespace` is version `v1`, `apps/v1:Deployment` is version `apps/v1`. */
export function kindOfToken(token: string): ApiKind {
  const [path = "", kind = ""] = token.split(":");
  return { apiVersion: path.replace(/^core\//, ""), kind };
}

/** What the inputs say, and where they are silent the token; a patch says the kind that it is laid over. */
export function kindOf(token: string, inputs: Values): ApiKind {
  const { apiVersion, kind } = kindOfToken(token);
  return {
    apiVersion: textOf(inputs["apiVersion"]) || apiVersion,
    kind: textOf(inputs["kind"]) || kind,
  };
}

/** Whether a token means some fields of an object that somebody else makes: `core/v1:ServiceAccountPatch`. */
export function isPatch(token: string, inputs: Values): boolean {
  return kindOfToken(token).kind === `${kindOf(token, inputs).kind}Patch`;
}

/** What a Helm release is to the engine: no object, but what is installed and removed as one. */
export const releaseKind = "helm.sh/v3:Release";

/** `NAMESPACE/NAME`, or the name alone where there is no namespace. */
export function idOf(inputs: Values): string {
  const { namespace, name } = metadataOf(inputs);
  return typeof namespace === "string" ? `${namespace}/${textOf(name)}` : textOf(name);
}

/** The two parts of an id. */
export function namesIn(id: string): { namespace?: string; name: string } {
  const slash = id.indexOf("/");
  return slash < 0 ? { name: id } : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

export function metadataOf(inputs: Values): Values {
  const value = inputs["metadata"];
  return isBlock(value) ? value : {};
}

/** An annotation's text, or nothing. */
export function annotationOf(inputs: Values, name: string): string | undefined {
  const annotations = metadataOf(inputs)["annotations"];
  const value = isBlock(annotations) ? annotations[name] : undefined;
  return typeof value === "string" ? value : undefined;
}

export function textOf(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}
