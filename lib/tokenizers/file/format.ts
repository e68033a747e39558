/** A token that stands outside the model's own vocabulary rules; all that are written here are special. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
}

/** One component of a `tokenizer.json`, told apart by its type. */
export interface Component {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The contents of `tokenizer.json`, the format of Hugging Face's `tokenizers` and of transformers.js. */
export interface TokenizerJson {
  readonly version: "1.0";
  readonly truncation: null;
  readonly padding: null;
  readonly added_tokens: readonly AddedToken[];
  readonly normalizer: Component | null;
  readonly pre_tokenizer: Component | null;
  readonly post_processor: Component | null;
  readonly decoder: Component | null;
  readonly model: Component;
}

type Parts = Pick<TokenizerJson, "normalizer" | "pre_tokenizer" | "decoder" | "model">;

/**
 * A whole `tokenizer.json`.
 * @param special id of each special token; they are found in the text as it is given, before any other rule
 */
export function tokenizerJson(special: ReadonlyMap<string, number>, parts: Parts): TokenizerJson {
  const added = [...special].sort(([, a], [, b]) => a - b);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added.map(([content, id]) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    ...parts,
    post_processor: null,
  };
}

/** Id of each token. */
export function tokenIds(tokens: readonly string[]): Record<string, number> {
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}

/** What byte pair models have in their own way. */
interface BpeRules {
  /** Whether a piece that is a token as a whole is left alone, whatever the merges say. */
  readonly ignoreMerges?: boolean;
  /** Stands for a character that is no token, after its bytes have been tried; byte-level models need none. */
  readonly unknown?: string;
}

/** A model that joins the pairs listed, the first first. */
export function bpeModel(
  tokens: readonly string[],
  merges: readonly (readonly [string, string])[],
  { ignoreMerges = false, unknown }: BpeRules = {},
): Component {
  return {
    type: "BPE",
    dropout: null,
    unk_token: unknown ?? null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: unknown !== undefined,
    byte_fallback: unknown !== undefined,
    ignore_merges: ignoreMerges,
    vocab: tokenIds(tokens),
    merges,
  };
}

/** Reads tokens written in GPT-2's byte alphabet. */
export const BYTE_LEVEL_DECODER: Component = {
  type: "ByteLevel",
  add_prefix_space: true,
  trim_offsets: true,
  use_regex: true,
};

/** A model that looks each piece of text up in a list. */
export function wordLevelModel(tokens: readonly string[], unknown: string): Component {
  return {
    type: "WordLevel",
    vocab: tokenIds(tokens),
    unk_token: unknown,
  };
}
