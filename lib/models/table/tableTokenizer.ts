import { OptionError, PromptError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { Tokenizer, Tokens } from "../../core/types.js";

export interface TableTokenizerOptions {
  /** The text of each token, by id. Texts are put together as they stand, so write spaces into them. */
  readonly tokens: readonly string[];
  /** Which of them are control tokens rather than text. Default none. */
  readonly special?: readonly string[];
  /** Which of them end a text. Default none. */
  readonly end?: readonly string[];
}

const names: OptionNames<TableTokenizerOptions> = { tokens: true, special: true, end: true };

/**
 * The tokenizer of a table: text is cut into the fewest listed tokens that make it up.
 * @throws OptionError for tokens that are empty, listed twice, or named as special or end but not listed
 */
export function tableTokenizer(options: TableTokenizerOptions): Tokenizer {
  assertKnownOptions(options, names);
  const { tokens, special = [], end = [] } = options;
  const ids = new Map(tokens.map((text, id) => [text, id]));
  if (ids.has("") || ids.size !== tokens.length) {
    throw new OptionError("tokens", tokens, "different texts, none of them empty");
  }
  const endTokens = end.map((text) => idOf(text, "end"));
  const specialTokens = new Set(special.map((text) => idOf(text, "special")));

  function idOf(text: string, option: string): number {
    const id = ids.get(text);
    if (id === undefined) throw new OptionError(option, text, `one of the tokens ${tokens.join(", ")}`);
    return id;
  }
  function textOf(token: number): string {
    const text = tokens[token];
    if (text === undefined)
      throw new PromptError(`token ${token} is not one of the table's ${tokens.length}`);
    return text;
  }

  return {
    vocabSize: tokens.length,
    endTokens,
    encode: (text) => cutIntoFewest(text, tokens),
    decode: (tokens: Tokens) => tokens.map(textOf).join(""),
    tokenBytes: (token) => new TextEncoder().encode(textOf(token)),
    isSpecial: (token) => specialTokens.has(token),
  };
}

/** Which tokens, by id, make up the text: the fewest; of equally few the ones found first from the left. */
function cutIntoFewest(text: string, tokens: readonly string[]): number[] {
  const ways: { readonly count: number; readonly token: number; readonly from: number }[] = [];
  ways[0] = { count: 0, token: -1, from: 0 };
  let reached = 0;
  for (let from = 0; from < text.length; from++) {
    const way = ways[from];
    if (way === undefined) continue;
    reached = from;
    for (const [token, piece] of tokens.entries()) {
      if (!text.startsWith(piece, from)) continue;
      const end = from + piece.length;
      const count = way.count + 1;
      if (count < (ways[end]?.count ?? Number.POSITIVE_INFINITY)) ways[end] = { count, token, from };
    }
  }
  const cut: number[] = [];
  for (let at = text.length; at > 0; ) {
    const way = ways[at];
    if (way === undefined) {
      const rest = JSON.stringify(text.slice(reached, reached + 20));
      throw new PromptError(`the table has no token for ${rest}; its tokens are ${tokens.join(", ")}`);
    }
    cut.unshift(way.token);
    at = way.from;
  }
  return cut;
}
