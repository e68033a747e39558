import { OptionError, PromptError } from "../../core/errors.js";
import type { Tokenizer, Tokens } from "../../core/types.js";

export interface TableTokenizerOptions {
  /** The text of each token, by id. Texts are put together as they stand, so write spaces into them. */
  readonly tokens: readonly string[];
  /** Which of them are control tokens rather than text. Default none. */
  readonly special?: readonly string[];
  /** Which of them end a text. Default none. */
  readonly end?: readonly string[];
}

/**
 * The tokenizer of a table: text is cut into the longest listed tokens, from left to right.
 * @throws OptionError for tokens that are empty, listed twice, or named as special or end but not listed
 */
export function tableTokenizer(options: TableTokenizerOptions): Tokenizer {
  const { tokens, special = [], end = [] } = options;
  const ids = new Map(tokens.map((text, id) => [text, id]));
  if (ids.has("") || ids.size !== tokens.length) {
    throw new OptionError("tokens", tokens, "different texts, none of them empty");
  }
  const endTokens = end.map((text) => idOf(text, "end"));
  const specialTokens = new Set(special.map((text) => idOf(text, "special")));
  const longestFirst = [...tokens].sort((a, b) => b.length - a.length);

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
    encode(text) {
      const encoded: number[] = [];
      for (let at = 0; at < text.length; ) {
        const next = longestFirst.find((token) => text.startsWith(token, at));
        if (next === undefined) {
          throw new PromptError(
            `the table has no token for ${JSON.stringify(text.slice(at, at + 20))}; its tokens are ${tokens.join(", ")}`,
          );
        }
        encoded.push(ids.get(next) as number);
        at += next.length;
      }
      return encoded;
    },
    decode: (tokens: Tokens) => tokens.map(textOf).join(""),
    tokenBytes: (token) => new TextEncoder().encode(textOf(token)),
    isSpecial: (token) => specialTokens.has(token),
  };
}
