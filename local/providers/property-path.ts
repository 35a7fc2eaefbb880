/** A step into a value: a key of a block, or a place in a list. */
export type PathStep = string | number;

/** The steps of a property path as Pulumi writes them: `pools[0].labels["app.kubernetes.io/name"]`. */
export function stepsOf(path: string): PathStep[] {
  const pattern = /\.?([^.[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/gy;
  const steps: PathStep[] = [];
  while (pattern.lastIndex < path.length) {
    const match = pattern.exec(path);
    // No path that we can read: it is one key.
    if (!match) return [path];
    const [, key, index, quoted] = match;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(key ?? (quoted ?? "").replaceAll(/\\(.)/g, "$1"));
  }
  return steps;
}

/** The path of a key below another; a key that is no plain word stands in quotes. */
export function pathTo(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
