import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../lib/core/random.js";
import { softmax } from "../../../lib/core/rows.js";
import {
  createChain,
  dry,
  type LogitsProcessor,
  parseRecipe,
  processorTypes,
  repetitionPenalty,
  typical,
} from "../../../lib/decoding/index.js";
import type { StageTraits } from "../../../lib/decoding/processors/stage.js";
import { configArbitraries, rowArbitrary, tokensArbitrary, vocabSize } from "./arbitraries.js";
import { contextWith, kept, ruledOut } from "./context.js";

const forcing = new Set(["forcedFirst", "forcedEnd"]);

test("every type has an arbitrary", () => {
  expect(Object.keys(configArbitraries).sort()).toEqual([...processorTypes].sort());
});

describe.each(Object.entries(configArbitraries))("%s", (type, configs) => {
  const property = (check: (process: () => LogitsProcessor, row: Float32Array, tokens: number[]) => void) =>
    fc.assert(
      fc.property(configs, rowArbitrary, tokensArbitrary, (config, row, { prompt, generated }) => {
        const create = () => {
          const context = contextWith({ vocabSize, prompt, endTokens: [3, 7], random: seededRandom(4) });
          return createChain([config], context).stages[0] as LogitsProcessor;
        };
        check(create, row, [...prompt, ...generated]);
      }),
      { numRuns: 60 },
    );

  test("carries its name, leaves its input alone and gives a new row of the same length without NaN", () => {
    property((create, row, tokens) => {
      const [before, tokensBefore] = [row.slice(), [...tokens]];
      const process = create();
      const after = process(row, tokens);
      expect(process.name).toBe(type);
      expect(row).toEqual(before);
      expect(tokens).toEqual(tokensBefore);
      expect(after).not.toBe(row);
      expect(after.length).toBe(row.length);
      expect(after.some(Number.isNaN)).toBe(false);
    });
  });

  test("brings no ruled-out token back, and does the same when it is made again", () => {
    property((create, row, tokens) => {
      const after = create()(row, tokens);
      if (!forcing.has(type)) {
        for (const token of kept(after)) expect(row[token]).toBeGreaterThan(ruledOut);
      }
      expect(create()(row, tokens)).toEqual(after);
    });
  });

  test("keeps what it says of itself", () => {
    property((create, row, tokens) => {
      const process: LogitsProcessor & StageTraits = create();
      const after = process(row, tokens);
      if (process.write) {
        const out = new Float32Array(row.length).fill(Number.NaN);
        process.write(out, row, tokens);
        expect(out).toEqual(after);
      }
      if (process.tokenBlind) {
        const left = kept(row);
        const small = create()(
          Float32Array.from(left, (token) => row[token]),
          [],
        );
        expect(small).toEqual(Float32Array.from(left, (token) => after[token]));
      }
    });
  });

  test("its configuration survives a recipe", () => {
    fc.assert(
      fc.property(configs, (config) => {
        const recipe = parseRecipe({ method: "sample", processors: [config] });
        expect(recipe.processors).toMatchObject([config]);
        expect(parseRecipe(JSON.stringify(recipe))).toEqual(recipe);
      }),
      { numRuns: 30 },
    );
  });
});

describe("filters", () => {
  const filters = [
    "topK",
    "topP",
    "minP",
    "typical",
    "epsilon",
    "eta",
    "topH",
    "topNSigma",
    "mirostat",
    "xtc",
  ];
  const options = fc.oneof(
    ...filters.map((name) => configArbitraries[name as keyof typeof configArbitraries]),
  );

  test("hand on the scores that they keep as they are, and never rule everything out", () => {
    fc.assert(
      fc.property(options, rowArbitrary, (config, row) => {
        const after = createChain([config], contextWith({ vocabSize }))(row, [0]);
        expect(kept(after).length).toBeGreaterThan(0);
        for (const token of kept(after)) expect(after[token]).toBe(row[token]);
      }),
      { numRuns: 400 },
    );
  });

  test("all but typical and xtc keep the best token", () => {
    fc.assert(
      fc.property(options, rowArbitrary, (config, row) => {
        fc.pre(config.type !== "typical" && config.type !== "xtc");
        const after = createChain([config], contextWith({ vocabSize }))(row, [0]);
        expect(Math.max(...after)).toBe(Math.max(...row));
      }),
      { numRuns: 400 },
    );
  });

  test("typical keeps at least its mass", () => {
    fc.assert(
      fc.property(rowArbitrary, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (row, mass) => {
        const probabilities = softmax(row);
        const sum = kept(typical(mass)(row, [])).reduce((total, token) => total + probabilities[token], 0);
        expect(sum).toBeGreaterThan(mass - 1e-9);
      }),
    );
  });
});

describe("penalties", () => {
  test("a window of all tokens is no window; one of the generated is the row after the prompt alone", () => {
    fc.assert(
      fc.property(rowArbitrary, tokensArbitrary, (row, { prompt, generated }) => {
        const tokens = [...prompt, ...generated];
        const all = repetitionPenalty(1.5)(row, tokens);
        expect(repetitionPenalty(1.5, { window: tokens.length })(row, tokens)).toEqual(all);
        const own = repetitionPenalty(1.5, { window: "generated" }, { prompt })(row, tokens);
        expect(own).toEqual(repetitionPenalty(1.5)(row, generated));
      }),
    );
  });

  test("dry finds the repetitions that a search by hand finds", () => {
    const context = contextWith({ vocabSize: 4 });
    const row = new Float32Array(4);
    const few = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 16 });
    fc.assert(
      fc.property(few, fc.integer({ min: 1, max: 3 }), (tokens, allowedLength) => {
        const options = { multiplier: 1, base: 2, allowedLength, breakers: [] };
        const after = dry(options, context)(row, tokens);
        for (const token of [0, 1, 2]) {
          let longest = 0;
          for (let at = 1; at < tokens.length; at++) {
            if (tokens[at] !== token) continue;
            let length = 0;
            while (at - 1 - length >= 0 && tokens[at - 1 - length] === tokens[tokens.length - 1 - length])
              length++;
            longest = Math.max(longest, length);
          }
          expect(after[token]).toBeCloseTo(
            -(longest >= allowedLength ? 2 ** (longest - allowedLength) : 0),
            9,
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});
