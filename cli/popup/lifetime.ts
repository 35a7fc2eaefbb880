import { CommandFailure, exitCodes } from "../failure";

const hour = 3600;

/** Longest life of a pop-up from now, in seconds; asked for again and again, it lives on. */
export const longestLife = 7 * 24 * hour;

/** How long a pop-up lives when nobody says, as the option has it: a working day. */
export const usualLife = "8h";

const units: Readonly<Record<string, number>> = { m: 60, h: hour, d: 24 * hour };

/**
 * Seconds of `30m`, `8h` or `2d`.
 *
 * @throws CommandFailure for anything else, and for more than a week.
 */
export function lifeOf(text: string): number {
  const [, count = "", unit = ""] = /^([1-9][0-9]{0,4})([mhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (units[unit] ?? Number.NaN);
  if (!(seconds <= longestLife)) {
    throw new CommandFailure(
      `--ttl is ${JSON.stringify(text)}; allowed: a number of minutes, hours or days up to a week, such as 30m, ${usualLife} or 2d (\`platform popup extend\` gives more later)`,
      exitCodes.wrong,
    );
  }
  return seconds;
}

/** A time as it is written down: UTC, to the second. */
export function written(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

export function after(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}

/** `in 3 h`, `40 min ago`: the largest unit that says something. */
export function fromNow(time: Date, now: Date): string {
  const seconds = Math.round((time.getTime() - now.getTime()) / 1000);
  const size = Math.abs(seconds);
  const text =
    size >= 48 * hour
      ? `${Math.floor(size / (24 * hour))} days`
      : size >= hour
        ? `${Math.floor(size / hour)} h`
        : `${Math.floor(size / 60)} min`;
  return seconds >= 0 ? `in ${text}` : `${text} ago`;
}
