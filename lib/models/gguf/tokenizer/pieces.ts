import { ModelError } from "../../../core/errors.js";
import { bpeModel } from "../../../tokenizers/file/format.js";
import type { GgufFile } from "../reader.js";
import type { TokenizerParts } from "./bytes.js";
import { roleToken, type Vocabulary } from "./vocabulary.js";

/** SentencePiece's visible space, U+2581. */
const SPACE = "▁";

/**
 * SentencePiece BPE as Llama 2 has it (`tokenizer.ggml.model` is `llama`), written as BPE with byte fallback: what
 * SentencePiece joins by the score of the result, merges join in the order of those scores.
 */
export function sentencePieceParts(file: GgufFile, words: Vocabulary): TokenizerParts {
  const prefix = file.metadata.get("tokenizer.ggml.add_space_prefix") !== false;
  const replace = { type: "Replace", pattern: { String: " " }, content: SPACE };
  return {
    normalizer: {
      type: "Sequence",
      normalizers: prefix ? [{ type: "Prepend", prepend: SPACE }, replace] : [replace],
    },
    pre_tokenizer: null,
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: SPACE }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        ...(prefix ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : []),
      ],
    },
    model: bpeModel(words.tokens, merges(words, scores(file, words)), {
      unknown: roleToken(file, words, "unknown") ?? "<unk>",
    }),
  };
}

function scores(file: GgufFile, { tokens }: Vocabulary): readonly number[] {
  const list = file.metadata.get("tokenizer.ggml.scores");
  if (Array.isArray(list) && list.length === tokens.length) return list.map(Number);
  throw new ModelError(
    file.name,
    "metadata `tokenizer.ggml.scores` must hold one score for each token; without it text can't be tokenized",
  );
}

/** Every way to make a normal token of two others, best score first, then by the ids of the halves. */
function merges({ tokens, types }: Vocabulary, score: readonly number[]): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const found: { left: number; right: number; whole: number }[] = [];
  for (const [whole, token] of tokens.entries()) {
    if (types[whole] !== 1) continue;
    const characters = [...token];
    for (let cut = 1; cut < characters.length; cut++) {
      const left = ids.get(characters.slice(0, cut).join(""));
      const right = ids.get(characters.slice(cut).join(""));
      if (left !== undefined && right !== undefined) found.push({ left, right, whole });
    }
  }
  found.sort((a, b) => score[b.whole] - score[a.whole] || a.left - b.left || a.right - b.right);
  return found.map(({ left, right }) => [tokens[left], tokens[right]]);
}
