import fc from "fast-check";
import { expect } from "vitest";
import { sumExp } from "../../lib/core/exp.js";
import type { RowKernels } from "../../lib/core/rowKernels.js";
import { maxScore } from "../../lib/core/rows.js";

const finite = fc.float({ min: -80, max: 80, noNaN: true });

/** Scores as models and processors make them: some ruled out or nearly so, lengths that fill no vector. */
const rows = fc
  .array(fc.oneof({ weight: 9, arbitrary: finite }, fc.constantFrom(Number.NEGATIVE_INFINITY, -1e4)), {
    minLength: 1,
    maxLength: 1100,
    size: "max",
  })
  .filter((row) => row.some(Number.isFinite))
  .map((row) => Float32Array.from(row));

/** Asserts that kernels compute the same bits as JavaScript, which takes arrays that aren't typed. */
export function expectEqualBits(kernels: RowKernels): void {
  const property = fc.property(rows, fc.boolean(), (row, isWeighted) => {
    const max = maxScore([...row]);
    expect(kernels.maxScore(row)).toBe(max);
    const [own, expected] = [0, 0].map(() => (isWeighted ? new Float64Array(row.length + 1) : undefined));
    expect(kernels.sumExp(row, max, own)).toBe(sumExp([...row], max, expected));
    expect(own).toEqual(expected);
  });
  fc.assert(property, { numRuns: 300 });
}
