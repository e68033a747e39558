import { beforeAll, describe, expect, test } from "vitest";
import { type Recipe, type Trace, trace } from "../../lib/decoding/index.js";
import { beamExample, tableModel, tableTokenizer } from "../../lib/models/table/index.js";
import { palette } from "../../lib/notebook/palette.js";
import { type ShowOptions, show } from "../../lib/notebook/show.js";
import { traceBundle } from "../../lib/notebook/trace.js";

const tokens = [" the", "<b>", "\n", "$x$"];
const open = {
  model: tableModel({ tokens, otherwise: [0.4, 0.3, 0.2, 0.1] }),
  tokenizer: tableTokenizer({ tokens }),
};
const recipe: Recipe = {
  method: "greedy",
  maxNewTokens: 3,
  processors: [
    { type: "suppressTokens", tokens: [0] },
    { type: "temperature", t: 1 },
    { type: "topK", k: 2 },
  ],
};

let traced: Trace;
beforeAll(async () => {
  traced = await trace(open, " the", recipe);
});

const html = (options: ShowOptions = {}, shown = traced) => String(traceBundle(shown, options)["text/html"]);

/** What is left where a notebook is not trusted: no style sheet. */
const untrusted = (made: string) => made.replace(/<style>[\s\S]*?<\/style>/, "");

test("a row for each step: chosen, model, rank, entropy before and after", () => {
  const row = html().match(/<tbody><tr><th scope="row".*?<\/tr>/)?.[0] ?? "";
  const cells = [...row.matchAll(/<t[hd]\b[^>]*>(.*?)<\/t[hd]>/g)].map(([, cell = ""]) =>
    cell.replace(/<[^>]*>/g, "").trim(),
  );
  // After the chain <b> and the newline are left, as 0.3 to 0.2.
  expect(cells).toEqual(["1", "&#60;b&#62; 60.00%", "30.00%", "2", "1.28 → 0.67", ""]);
  const places = [...html().matchAll(/<th scope="row" align="right">([^<]*)<\/th>/g)].map(
    ([, place]) => place,
  );
  expect(places).toEqual(["1", "2", "3"]);
});

test("the chain reads from left to right, a stage that did nothing is faint", () => {
  const summary = html().match(/<summary>(.*?)<\/summary>/)?.[1] ?? "";
  expect(summary.replace(/<[^>]*>/g, "")).toBe(
    "model 4 → suppressTokens 3 −40.00% → temperature 3 → topK 2 −16.67%",
  );
  expect(summary.match(/lb-still">([^<]*)</)?.[1]).toBe("temperature 3");
  expect(summary.match(/lb-still/g)).toHaveLength(1);
});

test("bars are as long as the probabilities, also where styles are stripped", () => {
  const details = untrusted(html()).match(/<details>.*?<\/details>/s)?.[0] ?? "";
  const bars = (row: string) =>
    [...row.matchAll(/height:100%;width:([\d.]+)%/g)].map(([, width]) => Number(width));
  const rows = details.split('<tr><th scope="row"').slice(1);
  expect(rows.map(bars)).toEqual([
    [40, 40],
    [30, 50, 50, 60],
    [20, 33.33, 33.33, 40],
    [10, 16.67, 16.67, 16.67],
  ]);
});

test("a removed token is struck, hatched in the stage's column, and gone after it", () => {
  const rows = html()
    .match(/<details>.*?<\/details>/s)?.[0]
    .split('<tr><th scope="row"')
    .slice(1)
    .map((row) => row.split("<td>").slice(1));
  const kind = (cell: string) =>
    cell.includes("lb-removed") ? "removed" : cell.includes("–") ? "gone" : "bar";
  expect(rows?.map((cells) => cells.map(kind))).toEqual([
    ["bar", "removed", "gone", "gone"],
    ["bar", "bar", "bar", "bar"],
    ["bar", "bar", "bar", "bar"],
    ["bar", "bar", "bar", "removed"],
  ]);
  expect(html().match(/<s><code/g)).toHaveLength(2 * 3);
});

test("one colour, one meaning: only the chosen token has the chosen token's", () => {
  const [red, green, blue] = [1, 3, 5].map((start) =>
    Number.parseInt(palette.chosen.slice(start, start + 2), 16),
  );
  const colour = `rgba(${red},${green},${blue},`;
  const [first = ""] = html().match(/<tbody><tr><th scope="row".*?<\/details>/s) ?? [];
  // The step's own bar, and the four of its row below.
  expect(first.split(colour)).toHaveLength(1 + 1 + 4);
  const chosenRow = first
    .split('<tr><th scope="row"')
    .find((row) => row.includes("token 1") && row.includes("lb-rank"));
  expect(chosenRow?.split(colour)).toHaveLength(1 + 4);
});

test("tokens are drawn as everywhere, and nothing in one opens a tag", () => {
  const made = html();
  expect(made).toContain('<span class="lb-space">·</span>the');
  expect(made).toContain('<span class="lb-newline">⏎</span>');
  expect(made).not.toContain("<b>");
  expect(html({ title: "<i>" })).toContain("&#60;i&#62;");
  // MathJax would take $x$ for a formula.
  expect(made).toContain("tex2jax_ignore");
});

test("a long trace shows its beginning and says so", () => {
  const made = html({ maxRows: 2, note: "Look at the first." });
  expect(made).toContain("2 of 3 steps");
  expect(made).toContain("Look at the first.");
  expect(made).not.toContain('<th scope="row" align="right">3</th>');
  expect(traceBundle(traced, { maxRows: 2 })["text/plain"]).toContain("2 of 3 rows");
});

test("several sequences are told apart, half a character is drawn by its bytes, without a chain there is one column", async () => {
  const both: Recipe = { method: "sample", numReturnSequences: 2, maxNewTokens: 2, seed: 1 };
  const example = beamExample();
  const tokenizer = { ...example.tokenizer, tokenBytes: () => Uint8Array.of(0xf0, 0x9f) };
  const made = html({}, await trace({ ...example, tokenizer }, [0], both));
  const places = [...made.matchAll(/<th scope="row" align="right">([^<]*)<\/th>/g)].map(([, place]) => place);
  expect(places.slice(0, 2)).toEqual(["1.1", "2.1"]);
  expect(made).toContain("⟨F0 9F⟩");
  expect(made).toContain("<summary>candidates</summary>");
});

describe("show", () => {
  test("writes the rows as text outside a notebook", () => {
    const written: string[] = [];
    show(traced, { stream: { write: (text) => written.push(text) }, title: "Why" });
    expect(written.join("").split("\n").slice(0, 5)).toEqual([
      "Why",
      "",
      "step  token  probability   model  rank  before  after  chain",
      expect.stringMatching(/^─+/),
      "   1  <b>         60.00%  30.00%     2    1.28   0.67  suppressTokens 3 −40.00% → temperature 3 → topK…",
    ]);
  });

  test("a trace that has been through JSON is a trace still", () => {
    expect(html({}, JSON.parse(JSON.stringify(traced)))).toBe(html());
  });

  test.each([
    [{ probability: ["p"] }, /`probability` must be left out/],
    [{ maxRows: 0 }, /`maxRows` must be an integer above 0/],
  ])("%j is an error", (options, message) => {
    expect(() => show(traced, options)).toThrow(message);
  });
});
