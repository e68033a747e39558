import { OptionError } from "../../core/errors.js";
import { BYTE_LEVEL_DECODER, bpeModel, tokenizerJson } from "../file/format.js";
import { tokenReader } from "../listed.js";
import { withSpecialTokens } from "../special.js";
import { byteLevelBytes, byteLevelString } from "../tokenBytes.js";
import type { TrainedTokenizer } from "../trained.js";
import { type MergeTable, mergeAll, mergeTable } from "./merge.js";
import { GPT2_PIECES, piecesOf } from "./pieces.js";

export interface BpeVocabulary {
  /** The string of each token, by id, in GPT-2's byte alphabet (` the` is `Ġthe`); special ones as they are. */
  readonly tokens: readonly string[];
  /** Pairs of strings that become one, the first learned first. */
  readonly merges: readonly (readonly [string, string])[];
  /** Which tokens are special. */
  readonly special: readonly string[];
  /** Which of them end a text. */
  readonly end: readonly string[];
}

/** Pieces whose tokens are remembered, and how long they may be. */
const cacheSize = 50_000;
const longestCached = 64;

/**
 * A byte-level BPE tokenizer with GPT-2's rule for cutting text. Any text is rebuilt exactly; lone surrogates, which
 * no UTF-8 can hold, become U+FFFD.
 * @throws OptionError for a vocabulary that lacks a byte, or merges of tokens that it lacks
 */
export function bpeTokenizer(vocabulary: BpeVocabulary): TrainedTokenizer {
  const { tokens, merges, special, end } = vocabulary;
  const ids = new Map(tokens.map((text, id) => [text, id]));
  const idOf = (text: string, option: string) => {
    const id = ids.get(text);
    if (id === undefined) throw new OptionError(option, text, "a token of the vocabulary");
    return id;
  };
  const specialIds = new Map(special.map((text) => [text, idOf(text, "special")]));
  const bytes = Array.from({ length: 256 }, (_, byte) => {
    const id = ids.get(byteLevelString([byte]));
    if (id === undefined)
      throw new OptionError("tokens", `no byte ${byte}`, "a vocabulary with all 256 bytes");
    return id;
  });
  const table = mergeTable(
    merges.map(([left, right]) => [
      idOf(left, "merges"),
      idOf(right, "merges"),
      idOf(left + right, "merges"),
    ]),
    tokens.length,
  );
  const encoder = new TextEncoder();
  const reader = tokenReader(
    tokens.map((text) => (specialIds.has(text) ? encoder.encode(text) : byteLevelBytes(text))),
    specialIds.values(),
    end.map((text) => idOf(text, "end")),
  );
  return {
    ...reader,
    kind: "bpe",
    encode: withSpecialTokens(specialIds, pieceEncoder(bytes, table)),
    toJSON: () =>
      tokenizerJson(specialIds, { normalizer: null, ...byteLevelRules, model: bpeModel(tokens, merges) }),
  };
}

/** @param bytes id of each byte */
function pieceEncoder(bytes: readonly number[], table: MergeTable): (text: string) => number[] {
  const cache = new Map<string, readonly number[]>();
  const encoder = new TextEncoder();
  const encodePiece = (piece: string) =>
    mergeAll(
      Array.from(encoder.encode(piece), (byte) => bytes[byte]),
      table,
    );
  return (text) => {
    const found: number[] = [];
    for (const [piece] of piecesOf(text)) {
      let tokens = cache.get(piece);
      if (tokens === undefined) {
        tokens = encodePiece(piece);
        if (cache.size >= cacheSize) cache.clear();
        if (piece.length <= longestCached) cache.set(piece, tokens);
      }
      for (const token of tokens) found.push(token);
    }
    return found;
  };
}

/** The rules in Hugging Face's terms. */
const byteLevelRules = {
  pre_tokenizer: {
    type: "Sequence",
    pretokenizers: [
      { type: "Split", pattern: { Regex: GPT2_PIECES }, behavior: "Isolated", invert: false },
      { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
    ],
  },
  decoder: BYTE_LEVEL_DECODER,
} as const;
