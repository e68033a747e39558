/** Factors of a power of ten, from sparse to dense. */
const FACTORS = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7]];
const ENOUGH = 3;

/**
 * Round numbers for a logarithmic axis over `values`, dense enough that three fall within: Plotly labels powers of
 * ten alone, and an axis within one decade would stay without any. Values of 0 or below have no place on it.
 */
export function logTicks(values: readonly number[]): number[] {
  const placed = values.filter((value) => value > 0 && Number.isFinite(value));
  if (placed.length === 0) return [];
  const low = placed.reduce((a, b) => Math.min(a, b));
  const high = placed.reduce((a, b) => Math.max(a, b));
  const powers: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) powers.push(power);
  const within = (factors: readonly number[]) =>
    powers
      .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
      .filter((tick) => tick >= low && tick <= high);
  const dense = FACTORS.map(within);
  return dense.find((ticks) => ticks.length >= ENOUGH) ?? dense.at(-1) ?? [];
}
