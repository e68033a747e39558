import { extent } from "../core/extent.js";

/** Factors of a power of ten, from sparse to dense. */
const FACTORS = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7]];
const ENOUGH = 3;
const MOST = 7;

/**
 * Round numbers for a logarithmic axis over `values`, dense enough that three fall within: Plotly labels powers of
 * ten alone, and an axis within one decade would stay without any. Values of 0 or below have no place on it.
 */
export function logTicks(values: readonly number[]): number[] {
  const [low, high] = extent(values.filter((value) => value > 0));
  if (low > high) return [];
  const powers: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) powers.push(power);
  const within = (factors: readonly number[]) =>
    powers
      .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
      .filter((tick) => tick >= low && tick <= high);
  const dense = FACTORS.map(within);
  const ticks = dense.find((ticks) => ticks.length >= ENOUGH) ?? dense.at(-1) ?? [];
  const stride = Math.ceil(ticks.length / MOST);
  return ticks.filter((_, i) => i % stride === 0);
}

/** A tick in figures; a power of ten below a thousandth or above a million as such, in Plotly's markup. */
export function logTickText(tick: number): string {
  if (tick >= 1e-3 && tick <= 1e6) return tick.toLocaleString("en-US", { maximumSignificantDigits: 3 });
  const [factor, exponent] = tick.toExponential().split("e");
  const power = `10<sup>${exponent?.replace("+", "").replace("-", "−")}</sup>`;
  return factor === "1" ? power : `${factor}·${power}`;
}
