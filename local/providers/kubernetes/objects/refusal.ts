import { ApiError } from "../../../clusters/api";
import type { Subject } from "../../provider";
import type { ApiKind } from "../identity";

/** The object that words are object. */
export interface Named extends ApiKind {
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** The id by which the engine knows an object. */
export function idIn({ namespace, name }: Named): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

export function titleOf(object: Named): string {
  return `${object.kind} "${idIn(object)}" (${object.apiVersion})`;
}

/** Somebody deleted what was to be changed. */
export function gone(object: Named): Error {
  return new Error(`${titleOf(object)} is gone; refresh makes it anew`);
}

/** A refusal in the API server's own words, which name the field and what is allowed, with the way out where we know one. */
export function refusalOf(error: unknown, object: Named, subject: Subject): Error {
  if (!(error instanceof ApiError)) return error instanceof Error ? error : new Error(String(error));
  const text = `${titleOf(object)}: the API server refuses it: ${error.message}`;
  switch (error.body.reason) {
    case "AlreadyExists":
      return new Error(
        `${text}; this stack did not make it. To take it over: pulumi import kubernetes:${subject.kind} ` +
          `${subject.name} ${idIn(object)}. To set single fields of it: ${object.kind}Patch. A resource that was only ` +
          "renamed in the program needs an alias",
      );
    case "Conflict":
      return new Error(
        `${text}; somebody else has set these fields: leave them out, or take them with the annotation ` +
          'pulumi.com/patchForce: "true"',
      );
    default:
      return new Error(text);
  }
}

/** The API server knows no such kind, though it was given time. */
export function unknownKind(object: Named): Error {
  return new Error(
    `${titleOf(object)}: the API server knows no kind ${object.kind} in ${object.apiVersion}; ` +
      "does its CustomResourceDefinition come later, or not at all?",
  );
}

/** Whether a preview says nothing of a refusal: it may be about something that the same run makes first. */
export function passesInPreview(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const { status, body, message } = error;
  // Not to be had in a dry run; the real run will know.
  if (status === 400 && message.includes("does not support dry run")) return true;
  // 404: the namespace, or the definition of the kind, comes in the same run.
  return status === 403 || status === 404 || body.reason === "AlreadyExists";
}
