import { palette } from "./palette.js";

const COLOURS = [palette.series, ...palette.others];

/** The colour of each line of a chart. A faint line borrows that of the next one that is not. */
export function lineColours<Line extends { readonly faint?: boolean }>(
  lines: readonly Line[],
): (line: Line) => string {
  const clear = lines.filter(({ faint }) => !faint);
  return (line) => {
    const owner = line.faint ? lines.slice(lines.indexOf(line)).find(({ faint }) => !faint) : line;
    return COLOURS[Math.max(clear.indexOf(owner ?? line), 0) % COLOURS.length] as string;
  };
}
