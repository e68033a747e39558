import { describe, expect, test } from "vitest";
import { lineChart } from "../../lib/notebook/lineChart.js";
import { logTicks, logTickText } from "../../lib/notebook/logTicks.js";

const titles = { title: "Losses", xTitle: "step", yTitle: "nats" };

interface Layout {
  readonly yaxis: { readonly tickvals: number[]; readonly ticktext: string[]; readonly range?: number[] };
  readonly annotations: { readonly y: number; readonly yshift: number }[];
}

describe("ticks of a logarithmic axis", () => {
  test.each([
    [
      [1, 1000],
      [1, 10, 100, 1000],
    ],
    [
      [30, 900],
      [50, 100, 200, 500],
    ],
    [
      [173, 700],
      [200, 300, 400, 500, 700],
    ],
    [
      [0.02, 0.3],
      [0.02, 0.05, 0.1, 0.2],
    ],
    [[0, -1], []],
    [[42], []],
    [
      [1e-9, 10],
      [1e-9, 1e-7, 1e-5, 1e-3, 0.1, 10],
    ],
  ])("over %j are %j", (values, ticks) => {
    expect(logTicks(values)).toEqual(ticks);
  });
});

test.each([
  [1e-9, "10<sup>−9</sup>"],
  [2e-5, "2·10<sup>−5</sup>"],
  [0.001, "0.001"],
  [1500, "1,500"],
  [1e7, "10<sup>7</sup>"],
])("the tick %d is written %s", (tick, text) => {
  expect(logTickText(tick)).toBe(text);
});

describe("a line chart", () => {
  test("names a line where it is last drawn", () => {
    const lines = [{ name: "a", x: [1, 2, 3], y: [100, 1, 0] }];
    const { annotations } = lineChart({ ...titles, lines, log: ["y"] }).layout as Layout;
    expect(annotations[0]).toMatchObject({ x: 2, y: 0 });
  });

  test("labels a logarithmic axis that stays within one decade", () => {
    const { yaxis } = lineChart({
      ...titles,
      lines: [{ name: "gru", x: [1, 2], y: [1700, 4000] }],
      log: ["y"],
    }).layout as Layout;
    expect(yaxis.ticktext).toEqual(["2,000", "3,000", "4,000"]);
    expect(yaxis.tickvals).toEqual([2000, 3000, 4000]);
  });

  test("moves names apart where lines end together, and leaves others", () => {
    const lines = ["a", "b", "c"].map((name, i) => ({ name, x: [1, 2], y: [500, [100, 101, 400][i]!] }));
    const { annotations } = lineChart({ ...titles, lines }).layout as Layout;
    expect(annotations[0]!.yshift).toBe(0);
    expect(annotations[1]!.yshift).toBeGreaterThan(14);
    expect(annotations[2]!.yshift).toBe(0);
  });

  test("takes its range in values, on a logarithmic axis too", () => {
    const lines = [{ name: "a", x: [1], y: [10] }];
    const { yaxis } = lineChart({ ...titles, lines, log: ["y"], yRange: [1, 100] }).layout as Layout;
    expect(yaxis.range).toEqual([0, 2]);
  });
});
