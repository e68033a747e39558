import { expect, test } from "vitest";
import { lineColours } from "../../lib/core/lineColours.js";
import { palette } from "../../lib/core/palette.js";

test("clear lines take the colours in turn, and begin anew after the last; faint ones borrow the next clear one's", () => {
  const clear = Array.from({ length: 6 }, (_, i) => ({ name: String(i) }));
  const faint = { name: "behind", faint: true };
  const orphan = { name: "alone", faint: true };
  const colourOf = lineColours<{ name: string; faint?: boolean }>([
    clear[0]!,
    faint,
    ...clear.slice(1),
    orphan,
  ]);
  const all = [palette.series, ...palette.others];
  expect(clear.map(colourOf)).toEqual([...all, palette.series]);
  expect(colourOf(faint)).toBe(all[1]);
  expect(colourOf(orphan)).toBe(palette.series);
});
