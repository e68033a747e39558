import { OptionError } from "../core/errors.js";
import { trainBpeTokenizer } from "./bpe/train.js";
import { trainCharTokenizer } from "./char/charTokenizer.js";
import type { TokenizerKind, TrainedTokenizer } from "./trained.js";
import { trainWordTokenizer } from "./word/wordTokenizer.js";

/** Which tokenizer to train, as a configuration writes it. */
export interface TokenizerOptions {
  readonly kind: TokenizerKind;
  /** Most tokens. BPE: from 257, default 1,024. Words: from 3, default all. Characters have no limit to set. */
  readonly vocabSize?: number;
  /** Rarer pairs (BPE, default 2) or words (default 1) are left out. Not for characters. */
  readonly minFrequency?: number;
}

/**
 * Trains the tokenizer that the options name.
 * @throws OptionError for an unknown kind, an option that its kind does not have, or one out of range
 */
export async function trainTokenizer(
  texts: Iterable<string> | AsyncIterable<string>,
  { kind, ...options }: TokenizerOptions,
): Promise<TrainedTokenizer> {
  if (kind === "bpe") return trainBpeTokenizer(texts, options);
  if (kind === "word") return trainWordTokenizer(texts, options);
  if (kind !== "char") throw new OptionError("kind", kind, '"char", "word" or "bpe"');
  const [unused] = Object.entries(options).filter(([, value]) => value !== undefined);
  if (unused) throw new OptionError(unused[0], unused[1], "left out: every character is a token");
  return trainCharTokenizer(texts);
}
