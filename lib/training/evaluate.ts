import { CorpusError } from "../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../core/options.js";
import { logSoftmax } from "../core/rows.js";
import type { OpenModel, Tokens } from "../core/types.js";
import { type Scores, scoresOf } from "./metrics.js";

export interface EvaluateOptions {
  /** Ends after this many tokens. Default: reads all. */
  readonly maxTokens?: number;
  readonly signal?: AbortSignal;
  /** Told after each window how many tokens were scored so far. */
  readonly onProgress?: (tokens: number) => void;
}

const names: OptionNames<EvaluateOptions> = { maxTokens: true, signal: true, onProgress: true };

/** Scores with what they were measured on. */
export interface Evaluation extends Scores {
  readonly tokens: number;
  readonly characters: number;
  readonly documents: number;
}

/**
 * How well a model predicts texts, each from an end-of-text token to the next, if the tokenizer has one. Texts longer
 * than the context are read in windows that overlap by half, so that every token is predicted from at least half a
 * context of what stands before it.
 * @throws CorpusError if there is nothing to predict; the signal's reason once it is aborted
 */
export async function evaluateModel(
  { model, tokenizer, name }: OpenModel,
  texts: Iterable<string> | AsyncIterable<string>,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  assertKnownOptions(options, names);
  const { maxTokens = Number.POSITIVE_INFINITY, signal, onProgress } = options;
  const end = tokenizer.endTokens.slice(0, 1);
  let [nats, tokens, characters, documents] = [0, 0, 0, 0];
  for await (const text of texts) {
    if (tokens >= maxTokens) break;
    const whole = [...end, ...tokenizer.encode(text), ...end].slice(
      0,
      Math.min(maxTokens - tokens + 1, 2 ** 30),
    );
    if (whole.length < 2) continue;
    for (const { from, to, scoreFrom } of windows(whole.length, model.contextLength)) {
      signal?.throwIfAborted();
      nats -= await logProbability(whole.slice(from, to), scoreFrom - from, model, signal);
      onProgress?.(tokens + to - 1);
    }
    const read = whole.slice(1).filter((token) => !tokenizer.isSpecial(token));
    characters += [...tokenizer.decode(read)].length;
    tokens += whole.length - 1;
    documents++;
  }
  if (tokens === 0) throw new CorpusError(name, "there is no text to evaluate on");
  return { ...scoresOf(nats, tokens, characters), tokens, characters, documents };
}

interface Window {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** The first token that counts: those before it are context. */
  readonly scoreFrom: number;
}

/** Windows of at most `size` + 1 tokens (the last is only predicted) whose scored parts make up the whole text. */
export function windows(length: number, size: number): Window[] {
  const found: Window[] = [];
  let scored = 1;
  while (scored < length) {
    const to = Math.min(found.length === 0 ? size + 1 : scored + Math.ceil(size / 2), length);
    found.push({ from: Math.max(0, to - size - 1), to, scoreFrom: scored });
    scored = to;
  }
  return found;
}

/** Log-probability in nats of the tokens from `scoreFrom` on, given those before them. */
async function logProbability(
  tokens: Tokens,
  scoreFrom: number,
  model: OpenModel["model"],
  signal: AbortSignal | undefined,
): Promise<number> {
  const rows = await model.allLogits(tokens.slice(0, -1), signal);
  let sum = 0;
  for (let i = scoreFrom; i < tokens.length; i++) {
    sum += logSoftmax(rows[i - 1] as Float32Array)[tokens[i] as number] as number;
  }
  return sum;
}
