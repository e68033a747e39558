import { BYTE_LEVEL_DECODER, bpeModel } from "../../../tokenizers/file/format.js";
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
    decoder: BYTE_LEVEL_DECODER,
    model: bpeModel(tokens, stringList(file, "tokenizer.ggml.merges").map(splitMerge), {
      ignoreMerges: rule.ignoreMerges,
    }),
  };
}

/** GGUF joins the two halves by a space, which byte-level tokens never hold. */
function splitMerge(merge: string): [string, string] {
  const space = merge.indexOf(" ", 1);
  return [merge.slice(0, space), merge.slice(space + 1)];
}
