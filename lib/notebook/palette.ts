export { palette } from "../core/palette.js";

/** The colour as `rgba(r,g,b,alpha)`, for areas that text is read on. */
export function translucent(hex: string, alpha: number): string {
  const [red, green, blue] = [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));
  return `rgba(${red},${green},${blue},${alpha})`;
}
