import type { Tokenizer } from "../core/types.js";
import type { TokenizerJson } from "./file/format.js";

/** How a tokenizer cuts text. */
export type TokenizerKind = "char" | "word" | "bpe";

/** A tokenizer that was trained here, or that could have been. */
export interface TrainedTokenizer extends Tokenizer {
  readonly kind: TokenizerKind;
  /** How the tokenizer is written down in Hugging Face's `tokenizer.json`. */
  toJSON(): TokenizerJson;
}
