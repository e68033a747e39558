import { describe, expect, test } from "vitest";
import { drain } from "../../../lib/core/drain.js";
import type { OpenModel } from "../../../lib/core/types.js";
import {
  type Constraint,
  decodeRecipe,
  generate,
  methodNames,
  type Recipe,
  trace,
} from "../../../lib/decoding/index.js";
import { tableModel, tableTokenizer } from "../../../lib/models/table/index.js";
import { withLayers } from "../models.js";
import { byteTokenizer, END, modelOf, noisyModel } from "./bytes.js";

/** What the methods can't do without. */
const needed: Record<string, object> = {
  beam: { numBeams: 3 },
  beamSample: { numBeams: 3 },
  earlyStoppedBeam: { numBeams: 3 },
  diverseBeam: { numBeams: 4, numBeamGroups: 2, diversityPenalty: 1 },
};

const several: Record<string, object> = {
  sample: { numReturnSequences: 4 },
  beam: { numReturnSequences: 3 },
  beamSample: { numReturnSequences: 3 },
  earlyStoppedBeam: { numReturnSequences: 3 },
  diverseBeam: { numReturnSequences: 4 },
  dola: { doSample: true, numReturnSequences: 4 },
  promptLookup: { doSample: true, numReturnSequences: 4 },
  speculative: { doSample: true, numReturnSequences: 4 },
};

function open(model = noisyModel(1, "zz<end>", 4)): OpenModel {
  return { name: "bytes", model, tokenizer: byteTokenizer };
}

function recipeFor(method: string, constraint: Constraint, more: object = {}): Recipe {
  return { method, maxNewTokens: 60, constraint, ...needed[method], ...more } as unknown as Recipe;
}

async function textsOf(recipe: Recipe, model = noisyModel(1, "zz<end>", 4)): Promise<string[]> {
  const draft = noisyModel(2, "日本", 3);
  const { sequences } = await generate(open(withLayers(model)), "zz", recipe, { draft });
  return sequences.map(
    ({ text, finishReason }) => `${text}${finishReason === "stop" ? "" : `… ${finishReason}`}`,
  );
}

describe.each(methodNames)("%s", (method) => {
  const choices = ["日本", "日曜", "Japan", "Japanese", "😀😃"];

  test("writes one of the choices, though the model wants something else", async () => {
    for (const seed of [1, 2, 3]) {
      for (const text of await textsOf(recipeFor(method, { choices }, { seed })))
        expect(choices).toContain(text);
    }
  });

  test("several sequences each keep to it", async () => {
    if (several[method] === undefined) return;
    const texts = await textsOf(recipeFor(method, { choices }, several[method]));
    expect(texts.length).toBeGreaterThan(1);
    for (const text of texts) expect(choices).toContain(text);
  });
});

test("beams branch and go back: wide enough, they find every choice, each with its own probability", async () => {
  const choices = ["ab", "abc", "abd", "b", "日本", "日曜"];
  const numBeams = 16;
  const recipe = { ...recipeFor("beam", { choices }), numBeams, numReturnSequences: numBeams } as Recipe;
  const model = noisyModel(5, "zz", 4);
  const { sequences } = await generate(open(model), "zz", recipe);
  expect(new Set(sequences.map(({ text }) => text))).toEqual(new Set(choices));
  for (const { tokens, logProb } of sequences) {
    let sum = 0;
    for (const [at, token] of tokens.entries()) {
      const [row] = await model.nextLogits([[...byteTokenizer.encode("zz"), ...tokens.slice(0, at)]]);
      const total = Math.log([...(row as Float32Array)].reduce((all, score) => all + Math.exp(score), 0));
      sum += (row as Float32Array)[token]! - total;
    }
    // Hugging Face's way: what is ruled out is not made up for.
    expect(logProb).toBeCloseTo(sum, 3);
  }
});

test.each([
  ["[😀-😂]+", "😃"],
  ["[一-龥]{2,4}。", "ab"],
  ["(日|曜)?[à-ö]+\\d", "ÿ"],
  ["[^日a-z]{3}", "日z"],
  [".\\S\\s\\w\\W", "\n"],
  ["é?(?:ab|c){2}x*", "q"],
  ["\\u{1F600}|\\x41\\u00e9", "a"],
])("the text matches %s", async (regex, favoured) => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const recipe = recipeFor("sample", { regex }, { seed, numReturnSequences: 3 });
    for (const text of await textsOf(recipe, noisyModel(seed, favoured, 3))) {
      if (!text.endsWith("… length")) expect(text).toMatch(new RegExp(`^(?:${regex})$`, "u"));
    }
  }
});

test("a grammar's rule `root` is the whole text", async () => {
  const grammar = 'root ::= "(" root ")" | [日x] # nested';
  for (const seed of [1, 2, 3, 4]) {
    const [text] = await textsOf(recipeFor("sample", { grammar }, { seed }), noisyModel(seed, "x)", 3));
    const depth = (text as string).indexOf(")") < 0 ? 0 : ((text as string).length - 1) / 2;
    expect(text).toMatch(new RegExp(`^\\({${depth}}[日x]\\){${depth}}$`, "u"));
  }
});

test("the end token is allowed exactly where the text may end", async () => {
  const greedyFor = (end: number) =>
    modelOf(() =>
      Float32Array.from({ length: END + 1 }, (_, token) => (token === END ? end : token === 97 ? 1 : 0)),
    );
  const [eager] = await textsOf(recipeFor("greedy", { regex: "a{3,5}" }), greedyFor(9));
  expect(eager).toBe("aaa");
  const [reluctant] = await textsOf(recipeFor("greedy", { regex: "a{3,5}" }), greedyFor(-9));
  expect(reluctant).toBe("aaaaa");
});

test("the trace shows it as the first stage, with what it removed", async () => {
  const recipe = recipeFor(
    "greedy",
    { choices: ["Japan"] },
    { processors: [{ type: "temperature", t: 0.5 }] },
  );
  const { steps } = await trace(open(), "zz", recipe);
  expect(steps.map(({ stages }) => stages.map(({ name }) => name))).toEqual(
    steps.map(() => ["constraint", "temperature"]),
  );
  const [first] = steps;
  // "J": no longer token begins as the choice does.
  expect(first?.stages[0]?.tokensLeft).toBe(1);
  expect(first?.stages[0]?.massRemoved).toBeGreaterThan(0.9);
  expect(first?.candidates.filter(({ removedBy }) => removedBy === 0).length).toBeGreaterThan(5);
  expect(steps.at(-1)?.chosen.token).toBe(END);
});

describe("a table model", () => {
  const tokens = ["<s>", "yes", "no", "ye", "s", "may", "be"];
  const model = tableModel({ tokens, otherwise: [0.1, 0.1, 0.5, 0.1, 0.1, 0.05, 0.05] });
  const named = { name: "table", model };

  test("without an end token the text is over where nothing can follow", async () => {
    const tokenizer = tableTokenizer({ tokens, special: ["<s>"] });
    const recipe = recipeFor("greedy", { choices: ["yes", "maybe"] });
    const { sequences } = await generate({ ...named, tokenizer }, "<s>", recipe);
    expect(sequences[0]).toMatchObject({ text: "yes", finishReason: "stop" });
  });

  test("a dead end says so", async () => {
    const tokenizer = tableTokenizer({ tokens, special: ["<s>"], end: ["s"] });
    const run = generate({ ...named, tokenizer }, "<s>", recipeFor("greedy", { choices: ["quite"] }));
    await expect(run).rejects.toThrow(
      "`constraint` left nothing to choose from after 1 tokens: every score is -Infinity: no token is left",
    );
    const beams = generate({ ...named, tokenizer }, "<s>", recipeFor("beam", { choices: ["quite"] }));
    await expect(beams).rejects.toThrow("`constraint` left nothing to choose from after 1 tokens");
  });

  test("without a tokenizer there is no text to hold to it", async () => {
    const run = drain(decodeRecipe(model, { endTokens: [] }, [0], recipeFor("greedy", { json: true })));
    await expect(run).rejects.toThrow(
      '`constraint` must be null where a model is decoded without its tokenizer, but is {"json":true}',
    );
  });
});

test("a token that a processor brings back is found out", async () => {
  const processors = [{ type: "forcedFirst", token: "z" }];
  await expect(textsOf(recipeFor("greedy", { choices: ["Japan"] }, { processors }))).rejects.toThrow(
    "the token 122, number 1 of the text, breaks the constraint: did a processor such as `forcedFirst` or " +
      "`forcedEnd` bring it back?",
  );
});

test("a decode that is left early, or fails, leaves others on the same tokenizer alone", async () => {
  const recipe = recipeFor("sample", { json: true });
  const left = decodeRecipe(noisyModel(3, '"', 2), byteTokenizer, [122], recipe);
  await left.next();
  await expect(textsOf(recipeFor("greedy", { regex: "((" }))).rejects.toThrow("constraint.regex");
  expect(await textsOf(recipeFor("greedy", { choices: ["ok"] }))).toEqual(["ok"]);
  expect((await left.next()).done).toBe(false);
  await left.return([]);
  expect(await textsOf(recipeFor("greedy", { choices: ["ok"] }))).toEqual(["ok"]);
});
