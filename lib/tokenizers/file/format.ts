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

/** A model that looks each piece of text up in a list. */
export function wordLevelModel(tokens: readonly string[], unknown: string): Component {
  return {
    type: "WordLevel",
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    unk_token: unknown,
  };
}
