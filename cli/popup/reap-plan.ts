import { expiryProblem, isProved, type PopupRecord, type Unproved } from "./record";

/** Seconds after its end that a pop-up is left alone, so that who extends it late is not too late by a clock. */
const grace = 10 * 60;

export interface ReapPlan {
  /** Expired for certain, or already begun to be removed, the longest expired first. */
  readonly remove: readonly PopupRecord[];
  readonly keep: readonly PopupRecord[];
  /** Of these nobody can tell; a person has to look. */
  readonly report: readonly Unproved[];
}

/**
 * Which pop-ups go now. Only what is proved goes: anything else is reported and left alone.
 *
 * @param most how many may go in one run; where more would, none goes but those that are half gone, since a clock or a
 *   record that is wrong is likelier then.
 */
export function planReaping(
  records: readonly (PopupRecord | Unproved)[],
  now: Date,
  most: number,
): ReapPlan & { readonly tooMany: number } {
  const proved = records.filter(isProved);
  const absurd = proved.flatMap((record) => {
    const problem = madeLater(record, now) ?? expiryProblem(record, now);
    return problem === undefined ? [] : [{ stack: record.stack, problem }];
  });
  const isAbsurd = ({ stack }: PopupRecord) => absurd.some((record) => record.stack === stack);
  const certain = proved.filter((record) => !isAbsurd(record));
  const going = certain.filter(({ phase }) => phase === "going");
  const expired = certain
    .filter(({ phase, expires }) => phase !== "going" && isExpired(expires, now))
    .sort((a, b) => a.expires.getTime() - b.expires.getTime());
  const tooMany = expired.length > most ? expired.length : 0;
  const remove = [...going, ...(tooMany > 0 ? [] : expired)];
  return {
    remove,
    keep: certain.filter((record) => !remove.includes(record)),
    report: [...records.flatMap((record) => (isProved(record) ? [] : [record])), ...absurd],
    tooMany,
  };
}

export function isExpired(expires: Date, now: Date): boolean {
  return now.getTime() - expires.getTime() > grace * 1000;
}

function madeLater({ made }: PopupRecord, now: Date): string | undefined {
  return made.getTime() - now.getTime() > grace * 1000
    ? `its record says that it was made later than now, ${made.toISOString()}; a clock is wrong`
    : undefined;
}
