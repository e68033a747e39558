/** What machine code does with a long row sooner than JavaScript, bit for bit as the functions of their names. */
export interface RowKernels {
  /** The largest score; NaN if one is. */
  maxScore(row: Float32Array): number;
  /** Sum of exp(score - shift); NaN where a score is so low that its exponential is left to JavaScript. */
  sumExp(row: Float32Array, shift: number, weights?: Float64Array): number;
}

/** For shorter rows the way into machine code and back takes as long as the work. */
const SHORTEST = 256;

let kernels: RowKernels | undefined;

/** From now on all that this thread does with rows is done with these, or with none: they change no result. */
export function useRowKernels(found: RowKernels | undefined): void {
  kernels = found;
}

/** What `use` makes of a row with the kernels, or NaN if there are none or the row is not for them. */
export function withRowKernels(
  row: ArrayLike<number>,
  use: (kernels: RowKernels, row: Float32Array) => number,
): number {
  if (kernels === undefined || row.length < SHORTEST || !(row instanceof Float32Array)) return Number.NaN;
  return use(kernels, row);
}
