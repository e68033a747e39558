import type { Random } from "../../core/random.js";
import type { Logits, Tokenizer, Tokens } from "../../core/types.js";
import type { ConfigSchema } from "../configSchema.js";

/**
 * Rewrites next-token scores given the tokens so far, prompt included. Never changes its input; gives a row of
 * the same length, with -Infinity for a token that it rules out.
 */
export type LogitsProcessor = (logits: Logits, tokens: Tokens) => Logits;

/**
 * What a processor may know beside its own arguments. Each sequence gets its own processors with its own context,
 * so a processor may keep state: it learns which token was chosen from the end of `tokens` at its next call.
 */
export interface ProcessorContext {
  readonly vocabSize: number;
  /** The prompt; `tokens.length - prompt.length` tokens have been generated. */
  readonly prompt: Tokens;
  /** The most tokens that will be generated. */
  readonly maxNewTokens: number;
  /** Tokens that end the sequence. */
  readonly endTokens: readonly number[];
  /** Absent where a model is decoded without text. */
  readonly tokenizer?: Tokenizer;
  /** Chance for processors, apart from the draws of the sampler. */
  readonly random: Random;
}

/** A processor written down as data: the name in `type`, and the arguments of its factory. */
export interface ProcessorDefinition<Config extends { readonly type: string }> {
  readonly type: Config["type"];
  /** Reads and documents the configuration; unknown fields are errors. */
  readonly schema: ConfigSchema<Config>;
  /** Set where it learns from the tokens of one sequence, so that several beams can't share it. */
  readonly followsOneSequence?: true;
  /** Set where it steers what is drawn, so that it means nothing to a method that draws nothing. */
  readonly steersChance?: true;
  create(config: Config, context: ProcessorContext): LogitsProcessor;
}
