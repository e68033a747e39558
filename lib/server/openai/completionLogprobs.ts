import { OptionError } from "../../core/errors.js";
import type { OpenModel, Tokens } from "../../core/types.js";
import { type TokenEntry, tokenEntry, tokenName } from "./logprobs.js";

/** Log-probabilities in the shape of /v1/completions: parallel lists. */
export interface CompletionLogprobs {
  readonly tokens: readonly string[];
  /** Null for a token that nothing stands before. */
  readonly token_logprobs: readonly (number | null)[];
  readonly top_logprobs: readonly (Readonly<Record<string, number>> | null)[];
  /** Where each token begins in the text of the answer, in characters. */
  readonly text_offset: readonly number[];
}

/** The lists for tokens that begin at these offsets. */
export function completionLogprobs(
  entries: readonly TokenEntry[],
  offsets: readonly number[],
): CompletionLogprobs {
  return {
    tokens: entries.map(({ token }) => token),
    token_logprobs: entries.map(({ logprob }) => logprob),
    top_logprobs: entries.map(({ top_logprobs }) =>
      Object.fromEntries(top_logprobs.map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset: offsets,
  };
}

/** The lists of several pieces of one answer, in order. */
export function joinLogprobs(pieces: readonly CompletionLogprobs[]): CompletionLogprobs {
  return {
    tokens: pieces.flatMap(({ tokens }) => tokens),
    token_logprobs: pieces.flatMap(({ token_logprobs }) => token_logprobs),
    top_logprobs: pieces.flatMap(({ top_logprobs }) => top_logprobs),
    text_offset: pieces.flatMap(({ text_offset }) => text_offset),
  };
}

/**
 * What the model makes of the tokens of a prompt, in one pass over it.
 * @throws OptionError for a prompt that the model can't read at once
 */
export async function promptLogprobs(
  { model, tokenizer }: OpenModel,
  prompt: Tokens,
  top: number,
  signal: AbortSignal,
): Promise<CompletionLogprobs> {
  const first = prompt[0];
  if (first === undefined) throw new OptionError("prompt", prompt, "not empty");
  const rows = await model.allLogits(prompt, signal);
  const entries = prompt.slice(1).map((token, at) => tokenEntry(rows[at], token, top, tokenizer));
  const rest = completionLogprobs(
    entries,
    prompt.slice(1).map((_, at) => tokenizer.decode(prompt.slice(0, at + 1)).length),
  );
  return {
    tokens: [tokenName(first, tokenizer).token, ...rest.tokens],
    token_logprobs: [null, ...rest.token_logprobs],
    top_logprobs: [null, ...rest.top_logprobs],
    text_offset: [0, ...rest.text_offset],
  };
}
