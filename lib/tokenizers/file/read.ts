import { OptionError } from "../../core/errors.js";
import { END_OF_TEXT } from "../special.js";
import type { TokenizerJson } from "./format.js";

/** A Jinja template, or several by their names, as `tokenizer_config.json` holds them. */
export type ChatTemplate = string | readonly { readonly name: string; readonly template: string }[];

/** What is read of `tokenizer_config.json`. A token may stand there with its own rules around it. */
export interface TokenizerConfig {
  readonly eos_token?: string | { readonly content?: string } | null;
  readonly chat_template?: ChatTemplate | null;
}

/**
 * Strings of all tokens by id, added ones included.
 * @throws OptionError for a vocabulary that is none, or whose ids leave gaps
 */
export function tokensOf({ model, added_tokens = [] }: TokenizerJson): string[] {
  const { vocab } = model ?? {};
  if (typeof vocab !== "object" || vocab === null || Array.isArray(vocab)) {
    throw new OptionError("model.vocab", vocab, "an object of ids by token");
  }
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(vocab)) {
    if (!Number.isSafeInteger(id) || (id as number) < 0) {
      throw new OptionError(`model.vocab.${token}`, id, "a whole number from 0");
    }
    tokens[id as number] = token;
  }
  for (const { content, id } of added_tokens) tokens[id] = content;
  if (tokens.length === 0 || Object.keys(tokens).length < tokens.length) {
    throw new OptionError("model.vocab", Object.keys(tokens).length, "a vocabulary with every id from 0 on");
  }
  return tokens;
}

/** Texts of the special tokens. */
export function specialOf({ added_tokens = [] }: TokenizerJson): string[] {
  const plain = added_tokens.find(({ special }) => !special);
  if (plain) throw new OptionError("added_tokens", plain.content, "made of special tokens only");
  return added_tokens.map(({ content }) => content);
}

/** Which special token ends a text: what the configuration says, else `<|endoftext|>` if there is one. */
export function endOf(special: readonly string[], { eos_token }: TokenizerConfig): string[] {
  const named = typeof eos_token === "object" ? eos_token?.content : eos_token;
  return special.filter((token) => token === (named ?? END_OF_TEXT));
}

/** Pairs of token strings; older files join them by a space, which byte-level tokens never hold. */
export function mergesOf({ model }: TokenizerJson): [string, string][] {
  if (!Array.isArray(model.merges)) throw new OptionError("model.merges", model.merges, "a list of pairs");
  return model.merges.map((merge: unknown) => {
    const pair = typeof merge === "string" ? merge.split(" ") : merge;
    if (Array.isArray(pair) && pair.length === 2 && pair.every((half) => typeof half === "string")) {
      return [pair[0], pair[1]];
    }
    throw new OptionError("model.merges", merge, "a list of pairs");
  });
}
