/** Texts that are secrets by their form, wherever they stand. */
const forms: Readonly<Record<string, RegExp>> = {
  "a private key": /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  "a key of a Google account": /"private_key(_id)?"\s*:/,
  "a key of Google's APIs": /\bAIza[0-9A-Za-z_-]{35}/,
  "an access token of Google's": /\bya29\.[0-9A-Za-z_-]{20,}/,
  "a token of Slack": /\bxox[abeoprs]-[0-9A-Za-z-]{10,}/,
  "a token of GitHub": /\b(gh[opsur]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{40,})/,
  "a token that a service signed": /\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}/,
  "an address with a password": /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@$]+@/,
};

/** What secret a text holds, in words; undefined when it looks harmless. */
export function secretIn(text: string): string | undefined {
  return Object.entries(forms).find(([, form]) => form.test(text))?.[0];
}

/** The secrets in all texts of a value, each with the path to it. */
export function secretsIn(value: unknown, path = ""): { path: string; secret: string }[] {
  if (typeof value === "string") {
    const secret = secretIn(value);
    return secret === undefined ? [] : [{ path, secret }];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    secretsIn(inner, path === "" ? key : `${path}.${key}`),
  );
}
