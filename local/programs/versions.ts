/** Negative when `a` is older than `b`, zero when they are the same version. */
export function compareVersions(a: string, b: string): number {
  const left = versionNumbers(a);
  const right = versionNumbers(b);
  for (const index of [0, 1, 2]) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Major, minor and patch, as far as they are there: `v1.36.3` gives 1, 36 and 3. */
export function versionNumbers(version: string): number[] {
  return version.replace(/^v/, "").split(/[.+-]/).slice(0, 3).map(Number);
}
