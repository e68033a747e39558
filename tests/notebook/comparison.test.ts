import { expect, test } from "vitest";
import { type ComparisonRow, compare } from "../../lib/decoding/index.js";
import { beamExample } from "../../lib/models/table/index.js";
import { comparisonChart } from "../../lib/notebook/comparisonChart.js";
import { foldedTexts } from "../../lib/notebook/texts.js";

const recipes = {
  greedy: { method: "greedy", maxNewTokens: 8 },
  twice: { method: "sample", numReturnSequences: 2, maxNewTokens: 8, seed: 3 },
} as const;

test("a panel for each measure, a bar for each text, named by its recipe", async () => {
  const rows = await compare(beamExample(), "<bos>", recipes, { clock: () => 0 });
  const { data, layout } = comparisonChart(rows, "Two recipes") as {
    data: { x: unknown[] }[];
    layout: Record<string, { ticktext?: string[]; domain?: number[]; range?: number[] }>;
  };
  expect(data.map(({ x }) => x)).toEqual(
    (["modelLogProbPerToken", "distinct2", "repetition", "seconds"] as const).map((measure) =>
      rows.map((row) => row[measure]),
    ),
  );
  expect(layout.yaxis.ticktext).toEqual(["greedy", "twice 1", "twice 2"]);
  const panels = [layout.xaxis, layout.xaxis2, layout.xaxis3, layout.xaxis4].map(({ domain = [] }) => domain);
  for (const [index, [start]] of panels.entries())
    expect(start).toBeCloseTo(index === 0 ? 0 : panels[index - 1][1] + 0.06);
  expect(panels[3][1]).toBeCloseTo(1);
});

test("what can't be measured has no bar, and doesn't spoil the scale", () => {
  const row = {
    recipe: "r",
    sequence: 0,
    modelLogProbPerToken: Number.NEGATIVE_INFINITY,
    distinct2: null,
    repetition: null,
    seconds: 1,
  };
  const { layout } = comparisonChart([row as unknown as ComparisonRow]) as {
    layout: Record<string, { range: number[] }>;
  };
  expect(layout.xaxis.range).toEqual([-1.5, 0]);
  expect(layout.xaxis4.range).toEqual([0, 1.5]);
  expect(() => comparisonChart([])).toThrow(/`rows` must be at least one row/);
});

test("texts are shown in full and escaped; long ones are folded behind their beginning", () => {
  const long = "word ".repeat(200);
  const { html, text } = foldedTexts([
    { name: "short", text: "a <b>\nb", note: "2 tokens" },
    { name: "long", text: long },
  ]);
  const [short, folded] = html.split("</details>");
  expect(short).toContain("<details open");
  expect(short).toContain("a &#60;b&#62;\nb");
  expect(folded).toContain("<details style");
  expect(folded).toContain(long);
  expect(folded).toMatch(/word w…/);
  expect(text).toBe(`short · 2 tokens\na <b>\nb\n\nlong\n${long}`);
});
