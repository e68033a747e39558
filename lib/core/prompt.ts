import { PromptError } from "./errors.js";
import type { LanguageModel, Tokens } from "./types.js";

/**
 * Checks that a model can read these tokens.
 * @param what what messages call them
 * @throws PromptError for no token, more than `contextLength`, or a token outside the vocabulary
 */
export function assertPrefix(
  tokens: Tokens,
  model: Pick<LanguageModel, "vocabSize" | "contextLength">,
  what = "the prompt",
): void {
  const { vocabSize, contextLength } = model;
  if (!Array.isArray(tokens)) {
    throw new PromptError(`${what} must be a list of token ids, but is of the type ${typeof tokens}`);
  }
  if (tokens.length === 0) {
    throw new PromptError(`${what} is empty: give at least one token, such as a begin-of-text token`);
  }
  if (tokens.length > contextLength) {
    throw new PromptError(
      `${what} has ${tokens.length} tokens, but the model reads at most ${contextLength}: shorten it`,
    );
  }
  // Read before every call of a model, and long: so without an iterator.
  for (let position = 0; position < tokens.length; position++) {
    const token = tokens[position];
    if (!Number.isInteger(token) || token < 0 || token >= vocabSize) {
      throw new PromptError(
        `token ${token} at position ${position} of ${what} is not in the vocabulary of ${vocabSize}: was it made by another tokenizer?`,
      );
    }
  }
}
