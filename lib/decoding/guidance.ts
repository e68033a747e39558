import { OptionError } from "../core/errors.js";
import { hasHiddenStates } from "../core/hiddenStates.js";
import { hasLayerLogits } from "../core/layerLogits.js";
import { assertPrefix } from "../core/prompt.js";
import { logSoftmax } from "../core/rows.js";
import type { HiddenStates, LanguageModel, LayerLogits, Logits, Tokenizer, Tokens } from "../core/types.js";

/** Classifier-free guidance, as data. */
export interface Guidance {
  /** How far to go from the negative prompt's scores to the prompt's: 1 is the prompt alone, above 1 beyond it. */
  readonly scale: number;
  /** What to keep away from, as text or token ids; null for the prompt's last token alone. Default null. */
  readonly negativePrompt?: string | Tokens | null;
}

/**
 * A model that answers with guided scores after every prefix that continues the prompt: with c and u the
 * log-probabilities after the prompt and after the negative prompt, each followed by what has been generated, the
 * scores are u + scale * (c - u) (Sanchez et al. 2023; Hugging Face's UnbatchedClassifierFreeGuidanceLogitsProcessor).
 * Both are asked for in one call. A token that the prompt rules out stays out. Hidden states and the scores of earlier
 * layers, where the model has them, are the prompt's.
 *
 * To a method it is a model like others, so that beams normalise the guided scores; Hugging Face's beams don't.
 * @throws OptionError for a negative text without a tokenizer; PromptError for a negative prompt that can't be read
 */
export function guidedModel(
  model: LanguageModel,
  prompt: Tokens,
  guidance: Guidance | null,
  tokenizer?: Tokenizer,
): LanguageModel {
  if (guidance === null || guidance.scale === 1) return model;
  const { scale } = guidance;
  const negative = negativeTokens(guidance, prompt, tokenizer);
  if (prompt.length > 0) assertPrefix(negative, model, "`guidance.negativePrompt`");
  const unguided = (prefix: Tokens) => [...negative, ...prefix.slice(prompt.length)];
  const isGuided = (prefix: Tokens) => prefix.length >= prompt.length;

  async function nextLogits(prefixes: readonly Tokens[], signal?: AbortSignal): Promise<Logits[]> {
    const guided = prefixes.filter(isGuided);
    const rows = await model.nextLogits([...prefixes, ...guided.map(unguided)], signal);
    const against = rows.slice(prefixes.length);
    return prefixes.map((prefix, index) =>
      isGuided(prefix) ? combine(rows[index], against[guided.indexOf(prefix)], scale) : rows[index],
    );
  }

  const states: Partial<HiddenStates> = hasHiddenStates(model)
    ? {
        async nextStates(prefixes, signal) {
          const guided = prefixes.filter(isGuided);
          const found = await model.nextStates([...prefixes, ...guided.map(unguided)], signal);
          const against = found.slice(prefixes.length);
          return prefixes.map((prefix, index) => {
            if (!isGuided(prefix)) return found[index];
            const { logits } = against[guided.indexOf(prefix)];
            return { ...found[index], logits: combine(found[index].logits, logits, scale) };
          });
        },
      }
    : {};
  const layered: Partial<LayerLogits> = hasLayerLogits(model)
    ? {
        numLayers: model.numLayers,
        tiedEmbeddings: model.tiedEmbeddings,
        async nextLayerLogits(prefixes, layers, signal) {
          const guided = prefixes.filter(isGuided);
          const against = await model.nextLogits(guided.map(unguided), signal);
          const found = await model.nextLayerLogits(prefixes, layers, signal);
          return prefixes.map((prefix, index) => {
            if (!isGuided(prefix)) return found[index];
            const logits = combine(found[index].logits, against[guided.indexOf(prefix)], scale);
            return { ...found[index], logits };
          });
        },
      }
    : {};
  return {
    ...states,
    ...layered,
    vocabSize: model.vocabSize,
    // The negative text grows with the prompt's, and must not outgrow the context first.
    contextLength: model.contextLength - Math.max(0, negative.length - prompt.length),
    nextLogits,
    allLogits: (tokens, signal) => nextLogits(prefixesOf(tokens), signal),
    dispose: () => model.dispose(),
  };
}

function negativeTokens(guidance: Guidance, prompt: Tokens, tokenizer: Tokenizer | undefined): Tokens {
  const { negativePrompt = null } = guidance;
  if (negativePrompt === null) return prompt.slice(-1);
  if (typeof negativePrompt !== "string") return negativePrompt;
  if (tokenizer === undefined) {
    const rule = "a list of token ids where a model is decoded without its tokenizer";
    throw new OptionError("guidance.negativePrompt", negativePrompt, rule);
  }
  return tokenizer.encode(negativePrompt);
}

function combine(conditional: Logits, unconditional: Logits, scale: number): Logits {
  const [wanted, unwanted] = [logSoftmax(conditional), logSoftmax(unconditional)];
  return Float32Array.from(wanted, (score, token) => {
    const other = unwanted[token];
    // -Infinity on either side would make NaN.
    if (score === Number.NEGATIVE_INFINITY || other === Number.NEGATIVE_INFINITY) return score;
    return other + scale * (score - other);
  });
}

function prefixesOf(tokens: Tokens): Tokens[] {
  return tokens.map((_, position) => tokens.slice(0, position + 1));
}
