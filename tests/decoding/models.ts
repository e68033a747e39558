import fc from "fast-check";
import { drain } from "../../lib/core/drain.js";
import type { LanguageModel, LayerLogits, Tokens } from "../../lib/core/types.js";
import { decodeRecipe, type Recipe, type Sequence } from "../../lib/decoding/index.js";
import { tableModel } from "../../lib/models/table/index.js";

/** Table models over a small vocabulary with a fixed distribution after each last two tokens; none is 0. */
export function smallModels(vocabSize: number): fc.Arbitrary<LanguageModel> {
  const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: vocabSize, maxLength: vocabSize });
  const count = vocabSize * (vocabSize + 1);
  return fc.array(weights, { minLength: count, maxLength: count }).map((rows) => {
    const distributions = rows.map((row) => {
      const sum = row.reduce((total, weight) => total + weight);
      return row.map((weight) => weight / sum);
    });
    const otherwise = (prefix: Tokens) => {
      const [last, before] = [prefix.at(-1) as number, prefix.at(-2) ?? vocabSize];
      return distributions[last * (vocabSize + 1) + before] as number[];
    };
    return tableModel({ vocabSize, otherwise });
  });
}

/** The model, with a record of the prefixes that each call asked for. */
export function recorded(model: LanguageModel): { model: LanguageModel; calls: Tokens[][] } {
  const calls: Tokens[][] = [];
  return {
    calls,
    model: {
      ...model,
      nextLogits(prefixes, signal) {
        calls.push(prefixes.map((prefix) => [...prefix]));
        return model.nextLogits(prefixes, signal);
      },
    },
  };
}

/** What a recipe finds, for a model without a tokenizer. */
export function runRecipe(
  model: LanguageModel,
  prompt: Tokens,
  endTokens: readonly number[],
  recipe: Recipe,
): Promise<Sequence[]> {
  return drain(decodeRecipe(model, { endTokens }, prompt, recipe));
}

/** What an earlier layer makes of a prefix: scores for every token. */
type EarlyRows = (layer: number, prefix: Tokens) => readonly number[];

interface Layers {
  readonly numLayers?: number;
  readonly tiedEmbeddings?: boolean;
  readonly early?: EarlyRows;
}

/** The model, with scores of earlier layers; by default they know nothing. */
export function withLayers<Model extends LanguageModel>(
  model: Model,
  layers: Layers = {},
): Model & LayerLogits {
  const { numLayers = 6, tiedEmbeddings = false } = layers;
  const early = layers.early ?? (() => new Array<number>(model.vocabSize).fill(0));
  return {
    ...model,
    numLayers,
    tiedEmbeddings,
    async nextLayerLogits(prefixes, asked, signal) {
      const rows = await model.nextLogits(prefixes, signal);
      return rows.map((logits, index) => {
        return { logits, early: asked.map((layer) => Float32Array.from(early(layer, prefixes[index]))) };
      });
    },
  };
}
