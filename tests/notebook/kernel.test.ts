import { beforeAll, describe, expect, test } from "vitest";
import type { Output } from "../notebooks/harness.js";
import { textOf } from "../notebooks/harness.js";
import { built, runCells, stdoutOf } from "./kernel.js";

const cells = {
  imports: `import { barChart, display, insideNotebook, liveDisplay, plot, progress, show } from "${built}";
import { DataFrame, Series } from "danfojs-node";`,
  inside: "console.log(insideNotebook());",
  bundle: 'display({ "text/plain": "plain", "application/json": { deep: [1, { two: null }] } });',
  frame: `show(new DataFrame([{ Input: "a", "Choice 0": " b (60.00%)" }, { Input: "a b", "Choice 0": "\\n (5.00%)" }]), {
  title: "Two steps", chosen: "Choice 0",
});`,
  series: "show(new Series([0.5, 2]));",
  records: 'show([{ token: " a", p: 0.25 }], { tokens: ["token"], probability: ["p"] });',
  chart:
    'plot(barChart({ title: "Bars", labels: [" a", "b"], values: Float32Array.of(0.75, 0.25), valueTitle: "share" }));',
  figure: 'show({ data: [{ type: "scatter", x: [1, 2], y: [3, 4] }], layout: { title: "Line" } });',
  html: 'show({ html: "<b>bold</b>" });',
  live: `const live = liveDisplay();
show([{ step: 1 }], { into: live });
show([{ step: 2 }], { into: live });`,
  laterCell: 'show([{ step: 3 }], { into: live }); console.log("said here");',
  progress: `const bar = progress(3, "Counting", { unit: "steps" });
for (let i = 0; i < 3; i++) { await new Promise((resolve) => setTimeout(resolve, 120)); bar.advance(); }
bar.finish();`,
} as const;

let outputs: Record<keyof typeof cells, readonly Output[]>;

beforeAll(async () => {
  const all = await runCells(Object.values(cells));
  outputs = Object.fromEntries(
    Object.keys(cells).map((name, position) => [name, all[position]]),
  ) as typeof outputs;
}, 120_000);

function only(name: keyof typeof cells): Record<string, unknown> {
  expect(outputs[name].map((output) => output.output_type)).toEqual(["display_data"]);
  return { ...outputs[name][0]?.data };
}

describe("on a real kernel", () => {
  test("the kernel is recognised", () => {
    expect(stdoutOf(outputs.inside)).toBe("true\n");
  });

  test("a bundle arrives as one output with all its types, JSON as JSON", () => {
    const data = only("bundle");
    expect(textOf(data["text/plain"])).toBe("plain");
    expect(data["application/json"]).toEqual({ deep: [1, { two: null }] });
  });

  test("a danfojs DataFrame is a table with its twin in text", () => {
    const data = only("frame");
    expect(textOf(data["text/html"])).toContain(
      '<th scope="col" align="left" style="text-align:left">Choice 0</th>',
    );
    expect(textOf(data["text/plain"])).toContain("Two steps");
    expect(textOf(data["text/plain"])).toMatch(/0 {2}a {6}·b \(60\.00%\)\n/);
  });

  test("a Series is a table of one column", () => {
    expect(textOf(only("series")["text/plain"])).toMatch(/0 {2}0\.5\n1 {2}2\.0$/);
  });

  test("records are a table", () => {
    expect(textOf(only("records")["text/plain"])).toMatch(/·a {5}25\.00%/);
  });

  test("a chart is a figure of plain numbers with its text", () => {
    const data = only("chart");
    expect(data["application/vnd.plotly.v1+json"]).toMatchObject({
      data: [{ type: "bar", x: [0.75, 0.25] }],
    });
    expect(textOf(data["text/plain"])).toContain("Bars");
  });

  test("a bare figure takes the shared template", () => {
    const figure = only("figure")["application/vnd.plotly.v1+json"];
    expect(figure).toMatchObject({
      layout: { width: 700, height: 394, template: { layout: { showlegend: false } } },
    });
  });

  test("HTML comes with its text", () => {
    const data = only("html");
    expect(textOf(data["text/html"])).toBe("<b>bold</b>");
    expect(textOf(data["text/plain"])).toBe("bold");
  });

  test("a live display is replaced in its place, also from a later cell", () => {
    expect(textOf(only("live")["text/plain"])).toMatch(/3$/);
    expect(outputs.laterCell.map((output) => output.output_type)).toEqual(["stream"]);
  });

  test("progress ends as one output that says what was done", () => {
    expect(textOf(only("progress")["text/plain"])).toMatch(/^Counting: 3 of 3 steps · in 0\.\d s · /);
    expect(textOf(only("progress")["text/html"])).not.toContain("<progress");
  });
});
