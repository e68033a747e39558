import { OptionError } from "../core/errors.js";
import { hasLayerLogits } from "../core/layerLogits.js";
import { logSoftmax } from "../core/rows.js";
import type { LanguageModel, LayerLogits, Logits, Tokens } from "../core/types.js";
import { named } from "./processors/stage.js";
import type { LogitsProcessor } from "./processors/types.js";

/** The layers to choose from: every second one of the lower or of the upper half, or these. */
export type DolaLayers = "low" | "high" | readonly number[];

/** What a decoder needs to contrast layers: the model that it asks, and the first stage of its chain. */
export interface Dola {
  readonly model: LanguageModel;
  readonly process: LogitsProcessor;
}

/** A token less likely than this share of the likeliest one's probability is ruled out, whatever the early layer says. */
const RELATIVE_TOP = 0.1;
/** In deeper models "low" and "high" are the first and last this many layers, not halves. */
const DEEPEST_HALF = 20;

/**
 * Decoding by contrasting layers (Chuang et al. 2023, arXiv:2309.03883), as in Hugging Face's transformers: of the
 * candidate layers, takes at each step the one whose next-token distribution q differs most from the last layer's p, and
 * scores with what the layers between them have added:
 *
 *     score(token) = ln p(token) - ln q(token)    where p(token) >= 0.1 max p, else -Infinity
 *
 * The difference is the mean over the vocabulary of m ln(m / p) and m ln(m / q), with m = (p + q) / 2: what the reference
 * computes for the Jensen-Shannon divergence, whose terms have m where the definition has p and q. `q` is read from the
 * layer's state as it stands, without the final norm. A constraint comes before: what it rules out stays out, and the
 * threshold is a share of the likeliest allowed token, while the layer is chosen by the model's whole distribution.
 *
 * The two parts belong to one decode: the model remembers, until it is asked again, what its answers were contrasted with.
 * @throws OptionError for a model that doesn't tell its layers' scores, or without such layers
 */
export function dola(model: LanguageModel, layers: DolaLayers): Dola {
  const teller = assertTeller(model);
  const candidates = candidateLayers(layers, teller);
  let contrasts = new Map<Tokens, Float64Array>();
  const nextLogits: LanguageModel["nextLogits"] = async (prefixes, signal) => {
    const found = await teller.nextLayerLogits(prefixes, candidates, signal);
    contrasts = new Map(
      found.map(({ logits, early }, index) => [prefixes[index], mostDifferent(logits, early)]),
    );
    return found.map(({ logits }) => logits);
  };
  return {
    model: {
      vocabSize: model.vocabSize,
      contextLength: model.contextLength,
      nextLogits,
      allLogits: (tokens, signal) => model.allLogits(tokens, signal),
      dispose: () => model.dispose(),
    },
    process: named("dola", (logits, tokens) => contrast(logits, contrasts.get(tokens) as Float64Array)),
  };
}

function assertTeller(model: LanguageModel): LanguageModel & LayerLogits {
  if (hasLayerLogits(model)) return model;
  const rule =
    "one that tells its layers' scores, as those converted from GGUF do (one converted before they did: run `npx logitbook models --fetch` " +
    "for the default model, `convertGguf` for another; or use another method)";
  throw new OptionError("model", "a model that gives its last layer's scores only", rule);
}

/** The layers that the option stands for in this model; with tied embeddings "low" leaves out those next to the token. */
function candidateLayers(layers: DolaLayers, { numLayers, tiedEmbeddings }: LayerLogits): readonly number[] {
  const half = Math.floor(numLayers / 2);
  const span = numLayers <= 2 * DEEPEST_HALF ? half : DEEPEST_HALF;
  if (layers === "high") {
    return everySecond(numLayers <= 2 * DEEPEST_HALF ? half : numLayers - DEEPEST_HALF, numLayers);
  }
  if (layers === "low") {
    const first = tiedEmbeddings ? lowest(numLayers) : 0;
    const low = first === half ? [first] : everySecond(first, span);
    if (low.length > 0) return low;
  } else if (
    layers.length > 0 &&
    layers.every((layer) => Number.isInteger(layer) && isBelow(layer, numLayers))
  ) {
    return layers;
  }
  const rule = `"high" or a list of layers from 0 to ${numLayers - 1} for this model of ${numLayers} layers`;
  throw new OptionError("layers", layers, rule);
}

/** The lowest layer whose scores are more than the token itself read back. */
function lowest(numLayers: number): number {
  return numLayers > 2 ? 2 : numLayers - 1;
}

function isBelow(layer: number, numLayers: number): boolean {
  return layer >= 0 && layer < numLayers;
}

function everySecond(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((to - from) / 2)) }, (_, index) => from + 2 * index);
}

/** The log-probabilities of the candidate that differs most from the last layer. */
function mostDifferent(last: Logits, candidates: readonly Logits[]): Float64Array {
  const rows = candidates.map(logSoftmax);
  if (rows.length === 1) return rows[0];
  const mature = logSoftmax(last);
  const differences = rows.map((row) => difference(mature, row));
  return rows[differences.indexOf(Math.max(...differences))];
}

/** Sum over the vocabulary of m (ln m - (ln p + ln q) / 2), for two rows of log-probabilities. */
function difference(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let token = 0; token < p.length; token++) {
    const mean = (Math.exp(p[token]) + Math.exp(q[token])) / 2;
    if (mean > 0) sum += mean * (Math.log(mean) - (p[token] + q[token]) / 2);
  }
  return sum;
}

function contrast(logits: Logits, early: Float64Array): Logits {
  const mature = logSoftmax(logits);
  let best = Number.NEGATIVE_INFINITY;
  for (const logProb of mature) if (logProb > best) best = logProb;
  const threshold = best + Math.log(RELATIVE_TOP);
  const out = new Float32Array(logits.length).fill(Number.NEGATIVE_INFINITY);
  for (let token = 0; token < out.length; token++) {
    if (mature[token] >= threshold) out[token] = mature[token] - early[token];
  }
  return out;
}
