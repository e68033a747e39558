import type { GgufFile } from "../reader.js";
import type { SplitRule } from "./splits.js";
import { stringList, type Vocabulary } from "./vocabulary.js";

/** The parts of tokenizer.json that differ between kinds of tokenizers. */
export interface TokenizerParts {
  readonly normalizer: unknown;
  readonly pre_tokenizer: unknown;
  readonly decoder: unknown;
  readonly model: unknown;
}

/** Byte-level BPE as GPT-2 has it: `tokenizer.ggml.model` is `gpt2`. */
export function byteLevelParts(file: GgufFile, { tokens }: Vocabulary, rule: SplitRule): TokenizerParts {
  return {
    normalizer: null,
    pre_tokenizer: { type: "Sequence", pretokenizers: rule.pretokenizers },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: rule.ignoreMerges,
      vocab: vocabularyTable(tokens),
      merges: stringList(file, "tokenizer.ggml.merges").map(splitMerge),
    },
  };
}

/** GGUF joins the two halves by a space, which byte-level tokens never hold. */
function splitMerge(merge: string): [string, string] {
  const space = merge.indexOf(" ", 1);
  return [merge.slice(0, space), merge.slice(space + 1)];
}

/** Id of each token. */
export function vocabularyTable(tokens: readonly string[]): Record<string, number> {
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}
