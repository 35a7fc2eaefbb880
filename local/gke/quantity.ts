const units: Readonly<Record<string, number>> = {
<<<<<<< HEAD
  "": 1,
  m: 1e-3,
=======
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
>>>>>>> pools
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
<<<<<<< HEAD
=======
  E: 1e18,
>>>>>>> pools
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
<<<<<<< HEAD
};

/** The bytes that a quantity of storage means, `10Gi`; 0 where there is none. */
export function bytesOf(quantity: string | undefined): number {
  const [, number, unit = ""] = /^([0-9.]+(?:e[0-9]+)?)([A-Za-z]*)$/.exec(quantity ?? "0") ?? [];
  return Number(number ?? 0) * (units[unit] ?? 1);
=======
  Ei: 2 ** 60,
};

/** A quantity of Kubernetes (`250m`, `1.5Gi`, `1e3`) as a number of CPUs, bytes or pieces. */
export function quantity(text: string | number): number {
  const [, amount, unit = ""] = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)$/.exec(String(text)) ?? [];
  const factor = units[unit];
  if (amount === undefined || factor === undefined) throw new RangeError(`${text} is no quantity`);
  return Number(amount) * factor;
>>>>>>> pools
}
