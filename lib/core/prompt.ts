import { PromptError } from "./errors.js";
import type { LanguageModel, Tokens } from "./types.js";

/**
 * Checks that a model can read these tokens.
 * @throws PromptError for no token, more than `contextLength`, or a token outside the vocabulary
 */
export function assertPrefix(
  tokens: Tokens,
  model: Pick<LanguageModel, "vocabSize" | "contextLength">,
): void {
  const { vocabSize, contextLength } = model;
  if (tokens.length === 0) {
    throw new PromptError("the prompt is empty: give at least one token, such as a begin-of-text token");
  }
  if (tokens.length > contextLength) {
    throw new PromptError(
      `the prompt has ${tokens.length} tokens, but the model reads at most ${contextLength}: shorten it`,
    );
  }
  for (const [position, token] of tokens.entries()) {
    if (!Number.isInteger(token) || token < 0 || token >= vocabSize) {
      throw new PromptError(
        `token ${token} at position ${position} is not in the vocabulary of ${vocabSize}: was it made by another tokenizer?`,
      );
    }
  }
}
