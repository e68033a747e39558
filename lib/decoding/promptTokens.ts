import { OptionError } from "../core/errors.js";
import type { Tokenizer, Tokens } from "../core/types.js";

/**
 * The tokens of a prompt: a text is tokenized as it stands, a list of tokens is taken as it is.
 * @throws OptionError for what is neither
 */
export function promptTokens(prompt: string | Tokens, tokenizer: Tokenizer): Tokens {
  if (typeof prompt === "string") return tokenizer.encode(prompt);
  if (Array.isArray(prompt)) return prompt;
  throw new OptionError("prompt", prompt, "a text or a list of token ids");
}

/**
 * The tokens of a prompt that has to be a text.
 * @throws OptionError for what is none
 */
export function textTokens(prompt: string, tokenizer: Tokenizer): Tokens {
  if (typeof prompt === "string") return tokenizer.encode(prompt);
  throw new OptionError("prompt", prompt, "a text (`decodeRecipe` and `trace` take tokens)");
}
