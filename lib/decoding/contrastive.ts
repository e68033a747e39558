import { abortable } from "../core/abort.js";
import { OptionError, PromptError } from "../core/errors.js";
import { hasHiddenStates } from "../core/hiddenStates.js";
import { assertKnownOptions, type OptionNames } from "../core/options.js";
import { assertPrefix } from "../core/prompt.js";
import { softmax } from "../core/rows.js";
import { topIndices } from "../core/top.js";
import type { HiddenStates, LanguageModel, NextState, Tokens } from "../core/types.js";
import { assertCount } from "./assertCount.js";
import { chain } from "./processors/chain.js";
import type { LogitsProcessor } from "./processors/types.js";
import { type DecodeLimits, limitNames } from "./rounds.js";
import { advance, finishedWith, type ScoredRow, scoreRow, startOf, stepWith } from "./running.js";
import { greedy } from "./samplers.js";
import type { Sequence, Step } from "./step.js";
import { stopRule } from "./stopping.js";

export interface ContrastiveOptions extends DecodeLimits {
  /** How many of the likeliest tokens to choose from, a whole number from 1. */
  readonly topK: number;
  /** How much repeating the text's own states costs, from 0 (greedy) to 1. */
  readonly penaltyAlpha: number;
  /** Rewrites the scores before the choice. Default: leaves them. */
  readonly process?: LogitsProcessor;
}

const names: OptionNames<ContrastiveOptions> = {
  ...limitNames,
  topK: true,
  penaltyAlpha: true,
  process: true,
};

/** How many prefixes of the prompt to ask for at once: their scores come along, a vocabulary for each. */
const PORTION = 32;

/**
 * Contrastive search (Su et al. 2022): of the `topK` likeliest tokens takes the one with the largest
 * (1 - penaltyAlpha) * probability - penaltyAlpha * similarity, where the similarity is the largest cosine between the
 * hidden state after the token and those after every token before it. Hugging Face's, except that a token that a
 * processor rules out is no candidate. Each step asks for the states after all candidates in one call. A candidate
 * must be readable, so that a full context ends the text one token earlier than in other methods.
 * @throws OptionError for options out of range, or a model that doesn't tell its hidden states; otherwise as `decode`
 */
export async function* contrastiveSearch(
  model: LanguageModel,
  prompt: Tokens,
  options: ContrastiveOptions,
): AsyncGenerator<Step, Sequence[]> {
  assertKnownOptions(options, names);
  const { topK, penaltyAlpha, process = chain([]), signal, keepRows = false } = options;
  const teller = readModel(model, prompt, options);
  const ends = stopRule(options, prompt.length, model.contextLength - 1);
  let running = startOf({ process, sample: greedy() }, 0, [...prompt]);
  const { past, last } = await readPrompt(teller, prompt, signal);
  let raw = last.logits;
  for (;;) {
    signal?.throwIfAborted();
    const scored = scoreRow(running, raw, keepRows);
    const candidates = likeliest(scored, topK);
    const prefixes = candidates.map(({ token }) => [...running.tokens, token]);
    const states = await abortable(teller.nextStates(prefixes, signal), signal);
    const directions = states.map(({ hidden }) => direction(hidden));
    const worth = candidates.map(({ probability }, index) => {
      return (1 - penaltyAlpha) * probability - penaltyAlpha * largestCosine(directions[index], past);
    });
    const [chosen] = topIndices(worth, 1);
    past.push(directions[chosen]);
    raw = states[chosen].logits;
    const step = stepWith(running, scored, candidates[chosen].token, ends);
    running = advance(running, step);
    yield step;
    const finished = finishedWith(step, running.logProb, prompt.length);
    if (finished) return [finished];
  }
}

function readModel(
  model: LanguageModel,
  prompt: Tokens,
  { topK, penaltyAlpha }: ContrastiveOptions,
): LanguageModel & HiddenStates {
  assertCount("topK", topK);
  if (topK > model.vocabSize) {
    throw new OptionError("topK", topK, `at most ${model.vocabSize}, as many tokens as the model has`);
  }
  if (!(penaltyAlpha >= 0 && penaltyAlpha <= 1)) {
    throw new OptionError("penaltyAlpha", penaltyAlpha, "a number from 0 to 1");
  }
  if (!hasHiddenStates(model)) {
    throw new OptionError(
      "model",
      "a model that gives scores only",
      "one that tells its hidden states, as those converted from GGUF do (or use another method)",
    );
  }
  assertPrefix(prompt, model);
  if (prompt.length === model.contextLength) {
    throw new PromptError(
      `the prompt fills the model's context of ${model.contextLength}, but contrastive search has to read ` +
        "the token after it: shorten it by one",
    );
  }
  return model;
}

/** The directions of the states after every token of the prompt, and the whole state after the last. */
async function readPrompt(
  model: HiddenStates,
  prompt: Tokens,
  signal: AbortSignal | undefined,
): Promise<{ past: Float32Array[]; last: NextState }> {
  const past: Float32Array[] = [];
  for (let from = 0; ; from += PORTION) {
    signal?.throwIfAborted();
    const lengths = prompt.slice(from, from + PORTION).map((_, at) => from + at + 1);
    const prefixes = lengths.map((length) => prompt.slice(0, length));
    const states = await abortable(model.nextStates(prefixes, signal), signal);
    past.push(...states.map(({ hidden }) => direction(hidden)));
    if (past.length === prompt.length) return { past, last: states[states.length - 1] };
  }
}

function likeliest({ processed }: ScoredRow, topK: number): { token: number; probability: number }[] {
  const probabilities = softmax(processed);
  return topIndices(processed, topK)
    .filter((token) => processed[token] !== Number.NEGATIVE_INFINITY)
    .map((token) => ({ token, probability: probabilities[token] }));
}

/** The vector at length 1; a vector of zeros has no direction and stays. */
function direction(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((value) => value / length);
}

function largestCosine(vector: Float32Array, others: readonly Float32Array[]): number {
  let largest = -1;
  for (const other of others) largest = Math.max(largest, dot(vector, other));
  return largest;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
  return sum;
}
