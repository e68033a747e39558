import { describe, expect, test } from "vitest";
import { collect } from "../../../lib/core/drain.js";
import { LogitsError } from "../../../lib/core/errors.js";
import { beamSearch, decodeRecipe, generate, named, type Recipe } from "../../../lib/decoding/index.js";
import { beamExample, tableModel } from "../../../lib/models/table/index.js";

const open = beamExample();

describe("what a step carries", () => {
  test("rows, if asked for, of every beam it continued", async () => {
    const recipe = {
      method: "beam",
      numBeams: 2,
      maxNewTokens: 2,
      processors: [{ type: "topK", k: 2 }],
    } as const;
    const steps = await collect(decodeRecipe(open.model, open.tokenizer, [0], recipe, { keepRows: true }));
    expect(steps.map(({ rows }) => rows?.length)).toEqual([1, 2]);
    const [first] = steps[0]?.rows ?? [];
    expect(first?.stages.map(({ name }) => name)).toEqual(["topK"]);
    // Processors of beams work on log-probabilities, and nobody normalises after them.
    expect(first?.processed[1]).toBeCloseTo(Math.log(0.5), 6);
    expect(first?.processed[4]).toBe(Number.NEGATIVE_INFINITY);
  });

  test("beams that processors rule out die; only if all do is it an error", async () => {
    const model = tableModel({ vocabSize: 3, otherwise: [0.5, 0.3, 0.2] });
    const dead = new Float32Array(3).fill(Number.NEGATIVE_INFINITY);
    const after0 = named("after0", (row, tokens) => (tokens.at(-1) === 0 ? dead : row));
    const steps = await collect(beamSearch(model, [1], { numBeams: 2, maxNewTokens: 3, process: after0 }));
    expect(steps[1]?.running.map(({ tokens }) => tokens.join(" "))).toEqual(["1 1 0", "1 1 1"]);
    const never = named("never", () => dead);
    const failing = collect(beamSearch(model, [1], { numBeams: 2, maxNewTokens: 3, process: never }));
    await expect(failing).rejects.toThrow(LogitsError);
    await expect(failing).rejects.toThrow("`never` left nothing to choose from");
  });

  test("generate gives texts, and several of them if asked", async () => {
    const recipe: Recipe = { method: "beam", numBeams: 3, numReturnSequences: 2 };
    const { sequences } = await generate(open, "<bos>", recipe);
    expect(sequences.map(({ text }) => text)).toEqual(["ACB", "ABC"]);
  });
});
