import fc from "fast-check";
import { expect, test } from "vitest";
import { chartSvg } from "../../lib/training/curve/chart.js";
import { ticks } from "../../lib/training/curve/ticks.js";

test.each([
  ["units", 0, 10, [0, 2, 4, 6, 8, 10]],
  ["fractions", 1.52, 3.1, [2, 2.5, 3]],
  ["large numbers", 0, 2000, [0, 500, 1000, 1500, 2000]],
  ["a range of nothing", 3, 3, [3]],
])("ticks: %s", (_, from, to, expected) => {
  expect(ticks(from, to, 5)).toEqual(expected);
});

test("ticks lie within the range, evenly, and are few", () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(value, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (from, span) => {
      const found = ticks(from, from + span, 5);
      expect(found.length).toBeLessThanOrEqual(6);
      for (const tick of found) {
        expect(tick).toBeGreaterThanOrEqual(from - span * 1e-6);
        expect(tick).toBeLessThanOrEqual(from + span * (1 + 1e-6));
      }
    }),
  );
});

const titles = { title: "Loss & <more>", x: "step", y: "nats" };

/** Where the names at the lines' ends stand, from the top. */
const heights = (svg: string) =>
  [...svg.matchAll(/<text x="580" y="([\d.]+)" fill/g)].map(([, y]) => Number(y)).sort((a, b) => a - b);

test("names at the ends of lines keep apart, and texts are escaped", () => {
  const line = (name: string, end: number) => ({
    name,
    points: [
      [0, 3],
      [10, end],
    ] as const,
  });
  const svg = chartSvg([line("a", 1), line("b", 1.01), line("c", 1.02)], titles);
  const [first = 0, second = 0, third = 0] = heights(svg);
  expect(second - first).toBeGreaterThanOrEqual(16);
  expect(third - second).toBeGreaterThanOrEqual(16);
  expect(svg).toContain("Loss &#38; &#60;more&#62;");
});

test.each([
  ["no lines", []],
  ["a line without points", [{ name: "a", points: [] }]],
  ["a single point", [{ name: "a", points: [[1, 2]] as const }]],
])("a chart of %s draws no impossible number", (_, lines) => {
  expect(chartSvg(lines, titles)).not.toMatch(/NaN|Infinity|undefined/);
});

test("a line of few points shows them, faint and long ones do not", () => {
  const line = (length: number, faint = false) => {
    const points = Array.from({ length }, (_, at) => [at, at % 7] as const);
    return { name: "", points, faint };
  };
  const dots = (svg: string) => [...svg.matchAll(/<circle /g)].length;
  expect(dots(chartSvg([line(200, true), line(1)], titles))).toBe(1);
  expect(dots(chartSvg([line(5, true), line(200)], titles))).toBe(0);
});
