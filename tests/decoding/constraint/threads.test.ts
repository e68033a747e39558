import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpenModel } from "../../../lib/core/types.js";
import { openConstraint } from "../../../lib/decoding/constraint/index.js";
import { type Constraint, generate, type Recipe } from "../../../lib/decoding/index.js";
import { openModel } from "../../../lib/models/openModel.js";
import { byteTokenizer, noisyModel } from "./bytes.js";

let open: OpenModel;

beforeAll(async () => {
  open = await openModel("smollm2", { precision: "exact", offline: true });
});

afterAll(() => open?.model.dispose());

const slow = (maxLength: number): Constraint => ({ jsonSchema: { type: "string", maxLength } });
const quick: Recipe = { method: "greedy", maxNewTokens: 4, constraint: { regex: "[a-z ]+" } };

function openSlow(maxLength: number, signal?: AbortSignal) {
  const { tokenizer } = open;
  const { endTokens } = tokenizer;
  return openConstraint(slow(maxLength), { prompt: [], endTokens, tokenizer, ...(signal && { signal }) });
}

test("while a constraint is compiled, texts under another one are written, and a third is opened", async () => {
  await generate(open, "Once", quick);
  let done = false;
  const opening = openSlow(60).then((opened) => {
    done = true;
    opened.dispose();
  });
  const { sequences } = await generate(open, "Once upon", quick);
  await generate(open, "Once", { ...quick, constraint: { choices: ["one", "two"] } });
  expect(done).toBe(false);
  expect(sequences[0]?.text).toMatch(/^[a-z ]+$/);
  await opening;
  expect(done).toBe(true);
});

test("a compilation that nobody waits for any more is given up, and the next one is none the worse", async () => {
  const stop = new AbortController();
  const opening = openSlow(1000, stop.signal);
  setTimeout(() => stop.abort(new Error("changed my mind")), 50);
  await expect(opening).rejects.toThrow("changed my mind");
  const { sequences } = await generate(open, "Once", quick);
  expect(sequences[0]?.text).toMatch(/^[a-z ]+$/);
});

test("of two that wait for the same constraint, one may leave", async () => {
  const stop = new AbortController();
  const leaving = openSlow(40, stop.signal);
  const staying = openSlow(40);
  stop.abort(new Error("gone"));
  await expect(leaving).rejects.toThrow("gone");
  const opened = await staying;
  expect(opened.isOver([])).toBe(false);
  opened.dispose();
});

test("more constraints than threads are held to side by side, and more than an engine keeps one after the other", async () => {
  const bytes: OpenModel = { name: "bytes", model: noisyModel(1, "zz", 4), tokenizer: byteTokenizer };
  const written = async (word: string) => {
    const recipe: Recipe = { method: "greedy", maxNewTokens: 20, constraint: { choices: [word] } };
    return (await generate(bytes, "zz", recipe)).sequences[0]?.text;
  };
  const words = Array.from({ length: 40 }, (_, at) => `word ${at}`);
  expect(await Promise.all(words.slice(0, 8).map(written))).toEqual(words.slice(0, 8));
  for (const word of words) expect(await written(word)).toBe(word);
});
