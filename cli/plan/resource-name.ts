/** Type and name of a resource, and the kind of component it belongs to: `Database › DatabaseInstance main`. */
export function nameIn(urn: string): string {
  const [, , types = "", ...name] = urn.split("::");
  const [type = "", component] = types
    .split("$")
    .map((token) => token.slice(token.lastIndexOf(":") + 1))
    .reverse();
  return `${component ? `${component} › ` : ""}${type} ${name.join("::")}`;
}
