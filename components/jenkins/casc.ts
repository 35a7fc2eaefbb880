import { stringify } from "yaml";

/** A value of Jenkins' configuration that is only read when it is loaded: the key of the Kubernetes Secret it is in. */
export class SecretKey {
  constructor(readonly key: string) {}
}

/**
 * A part of Jenkins' configuration as code, as text. Whatever looks like a variable stays text: only a `SecretKey` is
 * looked up, so nobody who writes a pod or a script reads a secret of the controller.
 */
export function cascText(configuration: object): string {
  return stringify(resolved(configuration), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Text that Helm hands through as it is: the chart treats its values as templates. */
export function helmText(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}

function resolved(value: unknown): unknown {
  if (value instanceof SecretKey) return `\${${value.key}}`;
  if (typeof value === "string") return value.replaceAll("${", "^${");
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
}
