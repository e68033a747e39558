import { z } from "zod";
import type { Tokens } from "../../core/types.js";
import { closedObject, countField, validate } from "../schema.js";
import { readBreakers, type SequenceBreakers, sinceBreaker } from "./breakers.js";
import { numberField } from "./fields.js";
import { repeatLengths } from "./ngrams.js";
import { rewriting } from "./stage.js";
import { sequenceField, type TokenSequence } from "./tokens.js";
import type { LogitsProcessor, ProcessorContext, ProcessorDefinition } from "./types.js";
import { type Window, windowField, windowStart } from "./window.js";

export interface DryOptions {
  /** How hard it pushes; 0.8 is usual. */
  readonly multiplier: number;
  /** How fast the penalty grows with the length of the repetition, from 1. Default 1.75. */
  readonly base?: number;
  /** The longest repetition that costs only `multiplier` once continued; shorter ones are free. Default 2. */
  readonly allowedLength?: number;
  /** Runs of tokens across which no repetition is seen. Default newline, colon, quotation mark and asterisk. */
  readonly breakers?: readonly TokenSequence[];
  /** Which of the tokens so far count. Default "all": prompt and generated ones. */
  readonly window?: Window;
}

export interface DryConfig extends DryOptions {
  readonly type: "dry";
}

const listRule = { error: "a list of texts or lists of token ids" };

const schema = closedObject({
  type: z.literal("dry"),
  multiplier: numberField("a number from 0", { from: 0 }).describe("How hard it pushes; 0.8 is usual."),
  base: numberField("a number from 1", { from: 1 })
    .default(1.75)
    .describe("How fast the penalty grows with the length of the repetition."),
  allowedLength: countField(1)
    .default(2)
    .describe("A repetition of this length costs the multiplier when it goes on; a shorter one is free."),
  breakers: z
    .array(sequenceField, listRule)
    .default(["\n", ":", '"', "*"])
    .describe("Texts or lists of token ids across which no repetition is seen."),
  window: windowField,
}).describe("Lowers the score of tokens that would carry on a repetition, more the longer it is.");

/** Keeps a penalty within 32-bit floats. */
const largest = 3.4e38;

/**
 * Don't repeat yourself (DRY, p-e-w 2024, as in llama.cpp). If the last n tokens stand somewhere before, the token
 * that followed there gets a penalty of multiplier * base ^ (n - allowedLength), provided that n reaches
 * `allowedLength`; of several places the longest repetition counts. A repetition is only followed back to the last
 * breaker, and a token that is a breaker by itself is never penalised. A breaker given as text is every token that
 * contains it, and every way in which tokens can spell it.
 * @throws OptionError for a number out of range, or breakers as text (the default) without a tokenizer
 */
export function dry(
  options: DryOptions,
  context: Pick<ProcessorContext, "vocabSize" | "tokenizer" | "prompt">,
): LogitsProcessor {
  const config = validate(schema, { type: "dry", ...options }, "dry") as Required<DryConfig>;
  const breakers = readBreakers(config.breakers, context);
  const { multiplier, base, allowedLength, window } = config;
  return rewriting("dry", (out, logits, tokens) => {
    out.set(logits);
    const recent = tokens.slice(windowStart(window, tokens, context.prompt));
    for (const [token, length] of repetitions(recent, allowedLength, breakers)) {
      if (breakers.single.has(token)) continue;
      out[token] = logits[token] - Math.min(largest, multiplier * base ** (length - allowedLength));
    }
  });
}

export const dryProcessor: ProcessorDefinition<DryConfig> = {
  type: "dry",
  schema,
  create: ({ type: _, ...options }, context) => dry(options, context),
};

/** The tokens that would carry on a repetition of at least `least` tokens, with the longest it would carry on. */
function repetitions(tokens: Tokens, least: number, breakers: SequenceBreakers): Map<number, number> {
  const longest = new Map<number, number>();
  if (tokens.length <= least) return longest;
  const limit = sinceBreaker(tokens, breakers);
  if (limit < least) return longest;
  for (const [end, length] of repeatLengths(tokens).entries()) {
    const counted = Math.min(length, limit);
    if (counted < least) continue;
    const follower = tokens[end + 1];
    longest.set(follower, Math.max(counted, longest.get(follower) ?? 0));
  }
  return longest;
}
