import { DataFrame, Series } from "danfojs-node";
import { describe, expect, test } from "vitest";
import { display, insideNotebook, liveDisplay } from "../../lib/notebook/display.js";
import { plot } from "../../lib/notebook/plot.js";
import { type Showable, show } from "../../lib/notebook/show.js";

/** A stream that keeps what is written to it. */
function paper() {
  let written = "";
  return {
    write: (text: string) => {
      written += text;
    },
    read: () => written,
  };
}

function shown(value: Showable, options = {}): string {
  const stream = paper();
  show(value, { stream, ...options });
  return stream.read();
}

describe("outside a notebook", () => {
  test("it is known to be outside", () => {
    expect(insideNotebook()).toBe(false);
  });

  const values: [what: string, value: Showable, words: string][] = [
    ["a danfojs DataFrame", new DataFrame([{ a: 1, b: "x" }]), "   a  b\n─  ─  ─\n0  1  x\n"],
    ["a danfojs Series", new Series([1.5, 2]), "     0\n─  ───\n0  1.5\n1  2.0\n"],
    ["records", [{ a: 1 }, { b: "y" }], "a  b\n─  ─\n1\n   y\n"],
    [
      "a figure",
      { data: [{ type: "bar", x: ["a"], y: [1.23456] }], layout: { title: "T" } },
      "T\nbar · x: a · y: 1.235\n",
    ],
    ["HTML", { html: "<style>p{}</style><p>1 &lt; 2</p>" }, "1 < 2\n"],
    ["HTML with a text of its own", { html: "<p>long</p>", text: "short" }, "short\n"],
  ];

  test.each(values)("%s is written as text", (_, value, words) => {
    expect(shown(value)).toBe(words);
  });

  test("plot writes the figure's text; many points are counted", () => {
    const stream = paper();
    plot(
      { data: [{ y: new Float32Array(100) }], layout: { yaxis: { title: { text: "loss" } } } },
      { stream },
    );
    expect(stream.read()).toBe("scatter · loss: 100 values\n");
  });

  test("display writes the text of a bundle, a live display every text in turn", () => {
    const stream = paper();
    display({ "text/plain": "once", "text/html": "<b>once</b>" }, { stream });
    const live = liveDisplay(stream);
    for (const text of ["a", "b"]) live.show({ "text/plain": text });
    expect(stream.read()).toBe("once\na\nb\n");
  });
});

test.each([1, "text", null, undefined, {}, [1, 2], { html: 1 }])("%j can't be shown", (value) => {
  expect(() => shown(value as never)).toThrow(/`value` must be a DataFrame, a Series/);
});

test.each([{ html: "x" }, { data: [] }])("table options beside %j are an error", (value) => {
  expect(() => shown(value, { title: "T" })).toThrow(/`title` must be left out: it is for tables/);
});

test("what is no figure can't be plotted", () => {
  expect(() => plot({ layout: {} } as never)).toThrow(/`figure` must be a Plotly figure/);
});
