const begin = "<!-- figures -->";
const end = "<!-- /figures -->";

/**
 * The text of `docs/performance.md` with other figures between its markers; the rest is written by people.
 *
 * @throws Error when a marker is missing or there are two.
 */
export function withFigures(text: string, figures: string): string {
  const [before, inside, ...more] = text.split(begin);
  const [, after, ...rest] = inside?.split(end) ?? [];
  if (before === undefined || after === undefined || more.length > 0 || rest.length > 0) {
    throw new Error(
      `docs/performance.md needs one ${begin} and after it one ${end}; the figures go between them`,
    );
  }
  return `${before}${begin}\n\n${figures}\n\n${end}${after}`;
}
