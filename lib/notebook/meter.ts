import { percent } from "./column.js";
import { translucent } from "./palette.js";

/**
 * A probability as a bar on the scale from 0 to 1, its number at the right. Length first, number second: the bar lies
 * behind what is written.
 * @param label HTML that stands at the left, such as the token
 * @param width in em; the same for all meters that are to be compared
 */
export function meterHtml(label: string, value: number, colour: string, width: number): string {
  const length = (Math.min(value, 1) * 100).toFixed(2);
  const bar = `position:absolute;left:0px;top:0px;height:100%;width:${length}%;background-color:${translucent(colour, 0.45)}`;
  return [
    `<div class="lb-meter" style="position:relative;display:flex;justify-content:space-between;width:${width}em"><span style="${bar}"></span>`,
    `${label} <span class="lb-percent">${percent(value)}</span></div>`,
  ].join("");
}

/** Width in em that leaves room for a label of this many monospaced characters, 24 at most, and the number. */
export function meterWidth(characters: number): number {
  return Math.ceil((Math.min(characters, 24) * 0.57 + 4.4) * 2) / 2;
}
