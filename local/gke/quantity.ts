const units: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** The bytes that a quantity of storage means, `10Gi`; 0 where there is none. */
export function bytesOf(quantity: string | undefined): number {
  const [, number, unit = ""] = /^([0-9.]+(?:e[0-9]+)?)([A-Za-z]*)$/.exec(quantity ?? "0") ?? [];
  return Number(number ?? 0) * (units[unit] ?? 1);
}
