import { describe, expect, test } from "vitest";
import { collect } from "../../../lib/core/drain.js";
import { OptionError } from "../../../lib/core/errors.js";
import { decodeRecipe, generate, type Recipe, trace, traceSteps } from "../../../lib/decoding/index.js";
import { traceStep } from "../../../lib/decoding/trace/step.js";
import { beamExample, tableModel, tableTokenizer } from "../../../lib/models/table/index.js";
import { recorded } from "../models.js";

describe("by hand", () => {
  const tokens = ["a", "b", "c", "d"];
  const model = tableModel({ tokens, otherwise: [0.4, 0.3, 0.2, 0.1] });
  const open = { model, tokenizer: tableTokenizer({ tokens }) };
  const recipe: Recipe = {
    method: "greedy",
    maxNewTokens: 1,
    processors: [
      { type: "suppressTokens", tokens: [0] },
      { type: "topK", k: 2 },
      { type: "temperature", t: 0.5 },
    ],
  };

  test("a stage that leaves nothing, and one that brings a token back", async () => {
    const processors = [
      { type: "topK", k: 1 },
      { type: "suppressTokens", tokens: [0] },
      { type: "forcedFirst", token: 2 },
    ] as const;
    const { steps, sequences } = await trace(open, "a", { ...recipe, processors }, { top: 2 });
    expect(sequences[0].tokens).toEqual([2]);
    const { stages } = steps[0];
    expect(stages.map(({ tokensLeft, entropy }) => [tokensLeft, entropy])).toEqual([
      [1, 0],
      [0, 0],
      [1, 0],
    ]);
    expect(stages[1]).toMatchObject({ massRemoved: 1, massMoved: 1 });
  });

  test("every number of a step", async () => {
    const { steps } = await trace(open, "a", recipe, { top: 2 });
    expect(steps).toHaveLength(1);
    const [step] = steps;
    // After the chain b and c are left, as 0.3² to 0.2².
    const [b, c] = [9 / 13, 4 / 13];
    expect(step).toMatchObject({ sequence: 0, position: 0, finishReason: "length" });
    expect(step.logProb).toBeCloseTo(Math.log(b), 6);
    expect(step.raw.tokensLeft).toBe(4);
    expect(step.raw.entropy).toBeCloseTo(1.279854, 6);
    expect(step.processed.tokensLeft).toBe(2);
    expect(step.divergence).toBeCloseTo(b * Math.log(b / 0.3) + c * Math.log(c / 0.2), 6);
    expect(step.processed.entropy).toBeCloseTo(-(b * Math.log(b) + c * Math.log(c)), 6);
    const { stages } = step;
    expect(stages.map(({ name, tokensLeft }) => [name, tokensLeft])).toEqual([
      ["suppressTokens", 3],
      ["topK", 2],
      ["temperature", 2],
    ]);
    const removed = [0.4, 1 / 6, 0];
    const moved = [0.4, 1 / 6, b - 0.6];
    for (const [index, stage] of stages.entries()) {
      expect(stage.massRemoved).toBeCloseTo(removed[index] as number, 6);
      expect(stage.massMoved).toBeCloseTo(moved[index] as number, 6);
    }
  });

  test("a candidate's way through the chain, the removed one included", async () => {
    const [step] = (await trace(open, "a", recipe, { top: 2 })).steps;
    expect(step.candidates.map(({ text, removedBy }) => [text, removedBy])).toEqual([
      ["a", 0],
      ["b", null],
      ["c", null],
    ]);
    const [a, b] = step.candidates;
    expect(a).toMatchObject({ token: 0, raw: { rank: 1 }, stages: [null, null, null], processed: null });
    expect(a?.raw?.probability).toBeCloseTo(0.4, 6);
    expect(b?.raw?.rank).toBe(2);
    expect(b?.stages.map((standing) => standing?.rank)).toEqual([1, 1, 1]);
    [0.5, 0.6, 9 / 13].forEach((probability, index) => {
      expect(b?.stages[index]?.probability).toBeCloseTo(probability, 6);
    });
    expect(b?.processed).toEqual(b?.stages[2]);
    expect(step.chosen).toEqual(b);
  });

  test("a token that a stage brings back was not removed", async () => {
    const processors = [
      { type: "topK", k: 1 },
      { type: "forcedFirst", token: 3 },
    ] as const;
    const [step] = (await trace(open, "a", { method: "greedy", maxNewTokens: 1, processors }, { top: 1 }))
      .steps;
    expect(step.chosen).toMatchObject({
      token: 3,
      removedBy: null,
      stages: [null, { probability: 1, rank: 1 }],
    });
    expect(step.candidates[0]).toMatchObject({ token: 0, removedBy: 1 });
  });

  test("what the model itself rules out has no rank and no remover", async () => {
    const model = tableModel({ tokens, otherwise: [0.5, 0, 0.5, 0] });
    const [step] = (await trace({ ...open, model }, "a", { method: "greedy", maxNewTokens: 1 })).steps;
    expect(step.raw.tokensLeft).toBe(2);
    expect(step.candidates.map(({ raw, removedBy }) => [raw?.rank, removedBy])).toEqual([
      [1, null],
      [2, null],
      [undefined, null],
      [undefined, null],
    ]);
    expect(step.stages).toEqual([]);
    expect(step.processed).toEqual(step.raw);
  });
});

describe("trace", () => {
  const open = beamExample();

  test("gives the sequences of `generate`, the steps of several in turns", async () => {
    const recipe: Recipe = { method: "sample", numReturnSequences: 3, maxNewTokens: 6, seed: 2 };
    const result = await trace(open, "<bos>", recipe);
    const { sequences } = await generate(open, "<bos>", recipe);
    expect(result.sequences).toEqual(sequences);
    expect(result.prompt).toEqual({ tokens: [0], text: "<bos>" });
    for (const [index, { tokens, finishReason }] of sequences.entries()) {
      const steps = result.steps.filter(({ sequence }) => sequence === index);
      expect(steps.map(({ chosen }) => chosen.token)).toEqual(tokens);
      expect(steps.map(({ position }) => position)).toEqual(tokens.map((_, position) => position));
      expect(steps.at(-1)?.finishReason).toBe(finishReason);
    }
  });

  test("takes tokens for a text, and fills the recipe's defaults in", async () => {
    const recipe: Recipe = { method: "greedy", maxNewTokens: 2 };
    const result = await trace(open, [0], recipe);
    expect(result).toEqual(await trace(open, "<bos>", recipe));
    expect(result.recipe).toMatchObject({ seed: 0, processors: [] });
  });

  test("whoever stops iterating stops the decode", async () => {
    const { model, calls } = recorded(open.model);
    for await (const step of traceSteps({ ...open, model }, "<bos>", { method: "greedy" })) {
      if (step.position === 1) break;
    }
    expect(calls).toHaveLength(2);
  });

  test("an aborted signal ends it", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(trace(open, "<bos>", { method: "greedy" }, { signal })).rejects.toThrow("enough");
  });

  test.each([0, -1, 1.5, Number.NaN])("top %j is an error", async (top) => {
    await expect(trace(open, "<bos>", { method: "greedy" }, { top })).rejects.toThrow(
      /`top` must be a whole number from 1/,
    );
  });

  test("a step without rows can't be traced", async () => {
    const [step] = await collect(decodeRecipe(open.model, open.tokenizer, [0], { method: "greedy" }));
    expect(() => traceStep(step!, 1, 10, open.tokenizer)).toThrow(OptionError);
    expect(() => traceStep(step!, 1, 10, open.tokenizer)).toThrow(/`step` must be one that was decoded with/);
  });
});
