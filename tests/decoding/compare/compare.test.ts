import { DataFrame } from "danfojs-node";
import { describe, expect, test } from "vitest";
import { bleu, type ComparisonRow, compare, generate, type Recipe } from "../../../lib/decoding/index.js";
import { withoutEnd } from "../../../lib/decoding/sequenceText.js";
import { beamExample } from "../../../lib/models/table/index.js";
import { recorded } from "../models.js";

const open = beamExample();
const greedy: Recipe = { method: "greedy", maxNewTokens: 8 };
const sample: Recipe = { method: "sample", maxNewTokens: 6, numReturnSequences: 3, seed: 3 };

/** A clock that is a second later at every look. */
function steadyClock() {
  let now = 0;
  return () => {
    now += 1000;
    return now;
  };
}

test("measures the book's greedy text by hand", async () => {
  const recipe: Recipe = { ...greedy, processors: [{ type: "topK", k: 2 }] };
  const [row] = await compare(open, "<bos>", { short: recipe }, { clock: steadyClock() });
  // A B C <eos>. Top-k keeps what ties with the second: all but <eos>, then two tokens, then all, then all that are left.
  const processed = Math.log((5 / 9) * (4 / 7) * 0.4 * 0.6) / 4;
  expect(row).toMatchObject({ recipe: "short", sequence: 0, text: "ABC", tokens: 4, ended: true });
  expect(row).toMatchObject({ finishReason: "stop", selfBleu: null, repetition: null });
  expect(row).toMatchObject({ distinct1: 1, distinct2: 1, distinct3: 1, seconds: 1 });
  expect(row?.logProbPerToken).toBeCloseTo(processed, 6);
  expect(row?.modelLogProbPerToken).toBeCloseTo(Math.log(0.048) / 4, 6);
});

test("one row for each sequence, with the tokens that `generate` gives", async () => {
  const rows = await compare(open, "<bos>", { sample, greedy });
  const { sequences } = await generate(open, "<bos>", sample);
  expect(rows.map(({ recipe, sequence }) => [recipe, sequence])).toEqual([
    ["sample", 0],
    ["sample", 1],
    ["sample", 2],
    ["greedy", 0],
  ]);
  expect(rows.slice(0, 3).map(({ text }) => text)).toEqual(sequences.map(({ text }) => text));
  for (const row of rows.slice(0, 3)) {
    expect(row.selfBleu).toBeGreaterThanOrEqual(0);
    // Without processors both distributions are the model's.
    expect(row.logProbPerToken).toBeCloseTo(row.modelLogProbPerToken, 9);
  }
});

test("a seed takes the place of the recipes' own", async () => {
  const texts = async (seed?: number) =>
    (await compare(open, "<bos>", [sample], seed === undefined ? {} : { seed })).map(({ text }) => text);
  expect(await texts(3)).toEqual(await texts());
  const others = await Promise.all([4, 5, 6].map(texts));
  expect(others.some((other) => other.join() !== others[0]?.join())).toBe(true);
});

test("recipes in a list are named by number and method, and handed out as they are done", async () => {
  const done: string[][] = [];
  const onRecipe = (rows: readonly ComparisonRow[]) => void done.push(rows.map(({ recipe }) => recipe));
  const rows = await compare(open, "<bos>", [greedy, sample], { onRecipe });
  expect(done).toEqual([["1 greedy"], ["2 sample", "2 sample", "2 sample"]]);
  expect(done.flat()).toEqual(rows.map(({ recipe }) => recipe));
});

test("the prompt is read before the clock starts", async () => {
  const { model, calls } = recorded(open.model);
  const seen: number[] = [];
  const clock = () => seen.push(calls.length);
  await compare({ ...open, model }, "<bos>", { greedy }, { clock });
  expect(seen[0]).toBe(1);
  expect(calls[0]).toEqual([[0]]);
});

test("the rows are a DataFrame", async () => {
  const rows = await compare(open, "<bos>", { greedy, sample }, { clock: steadyClock() });
  const frame = new DataFrame(rows);
  expect(frame.shape).toEqual([4, 14]);
  expect(frame.columns).toEqual(Object.keys(rows[0] ?? {}));
  expect(frame.column("tokens").values).toEqual(rows.map(({ tokens }) => tokens));
});

describe("errors name the recipe at fault, before any is run", () => {
  test.each([
    [{ greedy, bad: { method: "gredy" } }, /`recipes\.bad\.method` must be one of: .*greedy.*but is "gredy"/],
    [[greedy, { method: "greedy", maxNewTokens: 0 }], /`recipes\.1\.maxNewTokens` must be a whole number/],
    [[null], /`recipes\.0` must be an object/],
    [{}, /`recipes` must be at least one recipe/],
    [[], /`recipes` must be at least one recipe/],
  ])("%j", async (recipes, message) => {
    const { model, calls } = recorded(open.model);
    await expect(compare({ ...open, model }, "<bos>", recipes as never)).rejects.toThrow(message);
    expect(calls).toEqual([]);
  });

  test("an aborted signal ends it", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(compare(open, "<bos>", { greedy }, { signal })).rejects.toThrow("enough");
  });
});

test("a target adds each text's BLEU against it, as Papineni et al. have it", async () => {
  const long: Recipe = { method: "sample", maxNewTokens: 8, numReturnSequences: 3, seed: 1 };
  const rows = await compare(open, "<bos>", { long }, { target: "ABAB" });
  const { sequences } = await generate(open, "<bos>", long);
  const target = open.tokenizer.encode("ABAB");
  expect(rows.map(({ bleu }) => bleu)).toEqual(
    sequences.map(({ tokens }) => bleu(withoutEnd(tokens, open.tokenizer.endTokens), [target])),
  );
});

test("an empty target is refused before anything runs", async () => {
  const asked = compare(open, "<bos>", { greedy }, { target: "" });
  await expect(asked).rejects.toThrow("`target` must be not empty, or left out");
});
