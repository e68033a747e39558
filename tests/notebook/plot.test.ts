import { describe, expect, test } from "vitest";
import { barChart } from "../../lib/notebook/charts.js";
import { palette, translucent } from "../../lib/notebook/palette.js";
import { type Figure, figureBundle, plotlyMimeType } from "../../lib/notebook/plot.js";

interface Drawn {
  data: Record<string, unknown>[];
  layout: Record<string, unknown>;
  config: Record<string, unknown>;
}

function drawn(figure: Figure): Drawn {
  return figureBundle(figure)[plotlyMimeType] as Drawn;
}

const ink = (text: string) => `<span style="color:currentColor">${text}</span>`;

describe("the shared look", () => {
  test("is 16:9 at 700 pixels, and gives way to the figure", () => {
    expect(drawn({ data: [] }).layout).toMatchObject({ width: 700, height: 394 });
    const own = { height: 250, xaxis: { type: "log" }, barmode: "stack" };
    expect(drawn({ data: [], layout: own }).layout).toMatchObject({ width: 700, ...own });
    expect(drawn({ data: [], config: { displayModeBar: true } }).config).toMatchObject({
      displayModeBar: true,
    });
  });

  const texts: [what: string, layout: object, path: string, expected: string][] = [
    ["title as a string", { title: "T" }, "title.text", ink("T")],
    ["title as an object", { title: { text: "T" } }, "title.text", ink("T")],
    ["axis title", { xaxis: { title: { text: "x (nats)" } } }, "xaxis.title.text", ink("x (nats)")],
    ["second axis", { yaxis2: { title: "y" } }, "yaxis2.title.text", ink("y")],
    ["annotation", { annotations: [{ text: "a" }] }, "annotations.0.text", ink("a")],
    ["ticks written out", { yaxis: { ticktext: ["a"] } }, "yaxis.ticktext.0", ink("a")],
    [
      "unit before ticks",
      { xaxis: { tickprefix: "$" } },
      "xaxis.tickprefix",
      ink("$").replace("</span>", ""),
    ],
    ["unit behind ticks", { xaxis: { ticksuffix: " s" } }, "xaxis.ticksuffix", " s</span>"],
  ];

  test.each(texts)("%s is in the ink of the page", (_, layout, path, expected) => {
    expect(drawn({ data: [], layout }).layout).toHaveProperty(path, expected);
  });

  test("text that has its ink keeps it once", () => {
    expect(drawn({ data: [], layout: { title: ink("T") } }).layout).toHaveProperty("title.text", ink("T"));
  });

  test("typed arrays travel as lists", () => {
    const { data } = drawn({ data: [{ y: Float32Array.of(1, 2), marker: { size: Int32Array.of(3) } }] });
    expect(JSON.parse(JSON.stringify(data))).toEqual([{ y: [1, 2], marker: { size: [3] } }]);
  });

  test("its text calls each panel by its own axes", () => {
    const data = [{ y: [1] }, { x: [2], y: [3], xaxis: "x2", yaxis: "y2" }];
    const layout = { yaxis: { title: "tokens" }, yaxis2: { title: "seconds" } };
    expect(figureBundle({ data, layout })["text/plain"]).toBe(
      "scatter · tokens: 1\nscatter · x2: 2 · seconds: 3",
    );
  });

  test("its text keeps values at places that have no name of their own", () => {
    const figure = { data: [{ x: [0.1, 1, 2], y: [3, 4, 5] }], layout: { xaxis: { tickvals: [0.1, 1] } } };
    expect(figureBundle(figure)["text/plain"]).toContain("x: 0.1, 1, 2 · y: 3, 4, 5");
  });

  test("the figure that was given is not changed", () => {
    const figure = Object.freeze({
      data: [Object.freeze({ y: [1] })],
      layout: Object.freeze({ title: "T" }),
    });
    expect(() => drawn(figure)).not.toThrow();
  });
});

describe("barChart", () => {
  const options = { title: "T", labels: [" a", "<b>", " a"], values: [0.5, 0.3, 0.2], valueTitle: "share" };

  test("labels show blanks, are escaped, and equal ones stay apart", () => {
    const { layout, data } = drawn(barChart(options));
    expect(layout).toHaveProperty("yaxis.ticktext", [ink("·a"), ink("&#60;b&#62;"), ink("·a")]);
    expect(data[0]).toMatchObject({ x: [0.5, 0.3, 0.2], y: [0, 1, 2] });
  });

  test("the chosen bar has the colour of chosen tokens", () => {
    const { data } = drawn(barChart({ ...options, chosen: 1 }));
    const [other, chosen] = [palette.probability, palette.chosen];
    expect(data[0]).toHaveProperty("marker.color", [other, chosen, other]);
  });

  test("its text names each bar", () => {
    expect(figureBundle(barChart(options))["text/plain"]).toBe(
      "T\nbar · share: 0.5, 0.3, 0.2 · y: ·a, <b>, ·a",
    );
  });

  test("as many values as labels", () => {
    expect(() => barChart({ ...options, values: [1] })).toThrow(
      /`values` must be as many as there are labels \(3\)/,
    );
  });
});

test("a colour with transparency", () => {
  expect(translucent("#56B4E9", 0.45)).toBe("rgba(86,180,233,0.45)");
});
