import { z } from "zod";
import type { Tokens } from "../../core/types.js";
import { closedObject, validate } from "../schema.js";
import { numberField } from "./fields.js";
import { wouldComplete } from "./ngrams.js";
import { rewriting } from "./stage.js";
import { readSequence, sequenceField, type TokenSequence, type Vocabulary } from "./tokens.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

/** A run of tokens, and what is added to the score of its last one. */
export type SequenceBias = readonly [tokens: TokenSequence, bias: number];

export interface SequenceBiasConfig {
  readonly type: "sequenceBias";
  readonly biases: readonly SequenceBias[];
}

const rule = { error: 'a list of pairs [tokens, bias], such as [[" cat", 2]]' };
const pair = { error: 'a pair [tokens, bias], such as [" cat", 2]' };

const schema = closedObject({
  type: z.literal("sequenceBias"),
  biases: z
    .array(z.tuple([sequenceField, numberField("a number")], pair), rule)
    .min(1, rule)
    .describe("Pairs of a run of tokens, as text or ids, and what is added to the score of its last token."),
}).describe("Makes runs of tokens likelier or less likely.");

/**
 * Adds a bias to the score of a token where it would complete a run of tokens: a single token always, a longer run
 * only after its beginning. Where several apply they add up; a run listed twice counts once, with its last bias. As
 * Hugging Face's SequenceBiasLogitsProcessor. A text is tokenized exactly as it stands, and most tokenizers have a
 * different token for a word after a space: list `"word"` and `" word"`.
 * @throws OptionError for an empty list or run, a token outside the vocabulary, or text without a tokenizer
 */
export function sequenceBias(biases: readonly SequenceBias[], vocabulary: Vocabulary): LogitsProcessor {
  validate(schema, { type: "sequenceBias", biases }, "sequenceBias");
  const runs = new Map<string, { readonly run: Tokens; readonly bias: number }>();
  for (const [index, [sequence, bias]] of biases.entries()) {
    const run = readSequence(sequence, `sequenceBias.biases[${index}][0]`, vocabulary);
    runs.set(run.join(" "), { run, bias });
  }
  return rewriting("sequenceBias", (out, logits, tokens) => {
    const added = new Map<number, number>();
    for (const { run, bias } of runs.values()) {
      const last = run[run.length - 1];
      if (wouldComplete(run, tokens)) added.set(last, (added.get(last) ?? 0) + bias);
    }
    out.set(logits);
    for (const [token, bias] of added) out[token] = logits[token] + bias;
  });
}

export const sequenceBiasProcessor: ProcessorDefinition<SequenceBiasConfig> = {
  type: "sequenceBias",
  schema,
  create: ({ biases }, context) => sequenceBias(biases, context),
};
