import { OptionError } from "../../core/errors.js";
import type { Logits, Tokenizer, Tokens } from "../../core/types.js";
import { named } from "../processors/stage.js";
import type { LogitsProcessor } from "../processors/types.js";
import { EngineThreads } from "./engineThreads.js";
import { symbolText } from "./symbols.js";
import type { Constraint } from "./types.js";

/** A constraint at work on the sequences of one decode. */
export interface OpenConstraint {
  /** Rules out every token that the constraint does not allow next. Sequences and beams may share it. */
  readonly process: LogitsProcessor;
  /** Whether nothing can follow these tokens, prompt included, but an end. */
  isOver(tokens: Tokens): boolean;
  /** Frees what the engine holds for it. */
  dispose(): void;
}

/** What a constraint is opened for. */
export interface ConstraintContext {
  readonly prompt: Tokens;
  readonly endTokens: readonly number[];
  readonly tokenizer?: Tokenizer;
  readonly signal?: AbortSignal;
}

/** Reading a vocabulary takes longer than most constraints. */
const engines = new WeakMap<Tokenizer, EngineThreads>();

/**
 * Holds generated text to a constraint, with XGrammar (Dong et al. 2024): the text from the prompt's end on, byte by
 * byte, so that a character may be spread over tokens. An end token is allowed exactly where the text may end.
 *
 * It comes before the processors: a filter such as `topP` then chooses among tokens that may follow, where the
 * constraint after it could find that none of them is left; and the trace shows what it costs against the model's own
 * distribution. Beams score the tokens that are left by the model's log-probabilities, not normalised anew, as in
 * Hugging Face, so that a beam pays for what the constraint makes it say.
 * @throws OptionError for a model without tokenizer, or a constraint that can't be read or takes a minute to prepare;
 *   the signal's reason once it is aborted
 */
export async function openConstraint(
  constraint: Constraint,
  { prompt, endTokens, tokenizer, signal }: ConstraintContext,
): Promise<OpenConstraint> {
  if (tokenizer === undefined) {
    throw new OptionError("constraint", constraint, "null where a model is decoded without its tokenizer");
  }
  const noToken = tokenizer.vocabSize;
  const ends = endTokens.length > 0 ? endTokens : [noToken];
  const masks = await enginesOf(tokenizer).open(constraint, ends, signal);
  const allowedAfter = (tokens: Tokens) => allowed(masks.mask(tokens.slice(prompt.length)), noToken);
  return {
    process: named("constraint", (logits, tokens) => keepOnly(logits, allowedAfter(tokens))),
    isOver: (tokens) => allowedAfter(tokens).length === 0,
    dispose: () => masks.dispose(),
  };
}

function enginesOf(tokenizer: Tokenizer): EngineThreads {
  const known = engines.get(tokenizer);
  if (known !== undefined) return known;
  const texts = Array.from({ length: tokenizer.vocabSize }, (_, token) => textOf(tokenizer, token));
  const made = new EngineThreads([...texts, ""]);
  engines.set(tokenizer, made);
  return made;
}

/** Control tokens and ends are no text: the engine never accepts an empty one. */
function textOf(tokenizer: Tokenizer, token: number): string {
  const isText = !tokenizer.isSpecial(token) && !tokenizer.endTokens.includes(token);
  return isText ? symbolText(tokenizer.tokenBytes(token)) : "";
}

/** The tokens below `end` that a mask allows. */
function allowed(mask: Int32Array, end: number): number[] {
  const tokens: number[] = [];
  for (let word = 0; 32 * word < end; word++) {
    // From the lowest bit up to the highest that is set.
    for (let bits = mask[word], token = 32 * word; bits !== 0 && token < end; bits >>>= 1, token++) {
      if (bits & 1) tokens.push(token);
    }
  }
  return tokens;
}

function keepOnly(logits: Logits, tokens: readonly number[]): Logits {
  const kept = new Float32Array(logits.length).fill(Number.NEGATIVE_INFINITY);
  // A model may have scores for fewer tokens than its tokenizer knows.
  for (const token of tokens) if (token < logits.length) kept[token] = logits[token];
  return kept;
}
