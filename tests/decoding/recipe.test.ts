import { describe, expect, test } from "vitest";
import { collect, drain } from "../../lib/core/drain.js";
import { OptionError, PromptError } from "../../lib/core/errors.js";
import {
  decode,
  decodeRecipe,
  generate,
  methodNames,
  parseRecipe,
  type Recipe,
  recipeJsonSchema,
  type Step,
} from "../../lib/decoding/index.js";
import { beamExample } from "../../lib/models/table/index.js";
import { recorded } from "./models.js";

const open = beamExample();
const { model, tokenizer } = open;
const sample: Recipe = { method: "sample", numReturnSequences: 4, maxNewTokens: 8, seed: 3 };

describe("parseRecipe", () => {
  test("fills in every default", () => {
    expect(parseRecipe({ method: "greedy" })).toEqual({
      method: "greedy",
      maxNewTokens: 64,
      maxTime: null,
      stopStrings: [],
      guidance: null,
      constraint: null,
      seed: 0,
      processors: [],
    });
    expect(parseRecipe('{"method":"sample","processors":[{"type":"topP","p":0.9}]}')).toEqual({
      method: "sample",
      maxNewTokens: 64,
      maxTime: null,
      stopStrings: [],
      guidance: null,
      constraint: null,
      seed: 0,
      numReturnSequences: 1,
      processors: [{ type: "topP", p: 0.9, rule: "atLeast", minTokensToKeep: 1 }],
    });
  });

  test("what it gives back parses to itself", () => {
    const recipe = parseRecipe({ ...sample, processors: [{ type: "temperature", t: 0.7 }] });
    expect(parseRecipe(JSON.stringify(recipe))).toEqual(recipe);
  });

  test.each([
    ["nonsense", '`recipe` must be JSON, such as {"method":"greedy"} ('],
    [5, '`recipe` must be an object with the field `method`, such as {"method":"greedy"}, but is 5'],
    ["[]", "`recipe` must be an object with the field `method`"],
    [{}, `\`method\` must be one of: ${methodNames.join(", ")}, but is missing`],
    [{ method: "Sample" }, '(did you mean `sample`?), but is "Sample"'],
    [{ method: "beam", numBeam: 4 }, "(did you mean `numBeams`?), but is 4"],
    [{ method: "greedy", maxNewTokens: 0 }, "`maxNewTokens` must be a whole number from 1, but is 0"],
    [{ method: "greedy", seed: -1 }, "`seed` must be a whole number from 0 to 2^53 - 1, but is -1"],
    [
      { method: "greedy", max_new_tokens: 5 },
      "`max_new_tokens` must be a known field: method, maxNewTokens, maxTime, stopStrings, guidance, constraint, seed, processors " +
        "(did you mean `maxNewTokens`?), but is 5",
    ],
    [
      { method: "greedy", numReturnSequences: 2 },
      "`numReturnSequences` must be left out with the method greedy: it is for beam",
    ],
    [
      { method: "greedy", processors: {} },
      '`processors` must be a list of processors, such as [{"type":"topK","k":50}], but is {}',
    ],
    [
      { method: "greedy", processors: [3] },
      '`processors[0]` must be an object with the field `type`, such as {"type":"topK","k":50}, but is 3',
    ],
    [
      {
        method: "greedy",
        processors: [
          { type: "topK", k: 2 },
          { type: "top_p", p: 1 },
        ],
      },
      '(did you mean `topP`?), but is "top_p"',
    ],
    [
      { method: "greedy", processors: [{ type: "topP", p: 2 }] },
      "`processors[0].p` must be a number from 0 to 1, but is 2",
    ],
    [
      { method: "greedy", processors: [{ type: "topP", p: 0.5, mintokenstokeep: 2 }] },
      "`processors[0].mintokenstokeep` must be a known field: type, p, rule, minTokensToKeep " +
        "(did you mean `minTokensToKeep`?), but is 2",
    ],
    [
      { method: "greedy", processors: [{ type: "topP" }] },
      "`processors[0].p` must be a number from 0 to 1, but is missing",
    ],
  ])("refuses %j", (recipe, message) => {
    expect(() => parseRecipe(recipe)).toThrow(OptionError);
    expect(() => parseRecipe(recipe)).toThrow(message);
  });

  test("its JSON Schema documents every field of every method and processor", () => {
    const schema = recipeJsonSchema() as { oneOf: JsonObject[] };
    const methods = schema.oneOf.map((method) => method.properties.method.const);
    expect(methods.sort()).toEqual([...methodNames].sort());
    for (const method of schema.oneOf) {
      for (const object of [method, ...method.properties.processors.items.oneOf]) {
        expect(object.description, JSON.stringify(object.properties)).toBeTruthy();
        const fields: Record<string, { description?: string }> = object.properties;
        for (const [name, field] of Object.entries(fields)) {
          if (name === "method" || name === "type") continue;
          expect(field.description, name).toMatch(/^\S.*\.$/);
        }
      }
    }
  });
});

describe("decodeRecipe", () => {
  test("greedy is decode's default, with only the end tokens known", async () => {
    const recipe: Recipe = { method: "greedy", maxNewTokens: 9 };
    const steps = await collect(decodeRecipe(model, { endTokens: [4] }, [0], recipe));
    expect(steps).toEqual(await collect(decode(model, [0], { maxNewTokens: 9, stopTokens: [4] })));
  });

  test("runs the processors in the recipe's order", async () => {
    const recipe: Recipe = {
      method: "greedy",
      maxNewTokens: 1,
      processors: [
        { type: "topK", k: 2 },
        { type: "temperature", t: 2 },
      ],
    };
    const [step] = await collect(decodeRecipe(model, tokenizer, [0], recipe, { keepRows: true }));
    expect(step?.rows?.stages.map(({ name }) => name)).toEqual(["topK", "temperature"]);
  });

  test("draws several sequences in one call per step; those that end leave the batch", async () => {
    const { model: watched, calls } = recorded(model);
    const steps: Step[] = [];
    const generator = decodeRecipe(watched, tokenizer, [0], sample);
    const sequences = await drain(generator, (step) => void steps.push(step));
    expect(sequences.length).toBe(4);
    expect(calls[0]).toEqual([[0]]); // the prompt is read once for all
    const longest = Math.max(...sequences.map(({ tokens }) => tokens.length));
    expect(calls.length).toBe(longest);
    for (const [depth, prefixes] of calls.slice(1).entries()) {
      const unfinished = sequences.filter(({ tokens }) => tokens.length > depth + 1);
      expect(prefixes).toEqual(unfinished.map(({ tokens }) => [0, ...tokens.slice(0, depth + 1)]));
    }
    for (const [index, sequence] of sequences.entries()) {
      const own = steps.filter((step) => step.sequence === index);
      expect(own.map(({ token }) => token)).toEqual(sequence.tokens);
      expect(own.at(-1)?.finishReason).toBe(sequence.finishReason);
      expect(own.reduce((sum, { logProb }) => sum + logProb, 0)).toBeCloseTo(sequence.logProb, 12);
    }
    expect(new Set(sequences.map(({ tokens }) => tokens.join(" "))).size).toBeGreaterThan(1);
    expect(new Set(sequences.map(({ tokens }) => tokens.length)).size).toBeGreaterThan(1);
  });

  test("a sequence is the same however many are drawn beside it, and differs with the seed", async () => {
    const run = (recipe: Recipe) => drain(decodeRecipe(model, tokenizer, [0], recipe));
    const four = await run(sample);
    expect(await run(sample)).toEqual(four);
    expect(await run({ ...sample, numReturnSequences: 2 })).toEqual(four.slice(0, 2));
    const seeds = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => run({ ...sample, seed })));
    expect(new Set(seeds.map((sequences) => JSON.stringify(sequences))).size).toBe(6);
  });

  test("refuses a bad recipe before it asks the model", async () => {
    const { model: watched, calls } = recorded(model);
    const bad = { method: "beam" } as unknown as Recipe;
    await expect(collect(decodeRecipe(watched, tokenizer, [0], bad))).rejects.toThrow(OptionError);
    expect(calls).toEqual([]);
  });
});

describe("generate", () => {
  test("continues a text, without the end token in the text", async () => {
    const steps: Step[] = [];
    const result = await generate(
      open,
      "<bos>",
      { method: "greedy" },
      { onStep: (step) => void steps.push(step) },
    );
    expect(result.promptTokens).toEqual([0]);
    expect(result.sequences.length).toBe(1);
    expect(result.sequences[0]).toMatchObject({ tokens: [1, 2, 3, 4], text: "ABC", finishReason: "stop" });
    expect(Math.exp(result.sequences[0]?.score as number)).toBeCloseTo(0.048, 7);
    expect(steps.map(({ token }) => token)).toEqual([1, 2, 3, 4]);
  });

  test("keeps the last token in the text of a sequence that was cut off", async () => {
    const { sequences } = await generate(open, "<bos>", { method: "greedy", maxNewTokens: 2 });
    expect(sequences[0]).toMatchObject({ text: "AB", finishReason: "length" });
  });

  test("refuses an empty text; stops on a signal", async () => {
    await expect(generate(open, "", { method: "greedy" })).rejects.toThrow(PromptError);
    const controller = new AbortController();
    const reason = new Error("enough");
    const failing = generate(open, "<bos>", sample, {
      signal: controller.signal,
      onStep: () => controller.abort(reason),
    });
    await expect(failing).rejects.toBe(reason);
  });
});

interface JsonObject {
  readonly description?: string;
  readonly properties: {
    method: { description?: string; const: string };
    processors: { description?: string; items: { oneOf: JsonObject[] } };
  };
}
