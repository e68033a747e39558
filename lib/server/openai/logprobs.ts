import { logSumExp } from "../../core/rows.js";
import { topIndices } from "../../core/top.js";
import type { Logits, Tokenizer } from "../../core/types.js";

/** A token with its log-probability, in the shape of chat completions. */
export interface TokenLogprob {
  /** Its text; bytes that are no whole character as `bytes:\xe2\x82`. */
  readonly token: string;
  /** Under the model's own distribution, before any penalty or temperature, in nats. */
  readonly logprob: number;
  readonly bytes: readonly number[];
}

export interface TokenEntry extends TokenLogprob {
  /** The likeliest tokens at its place, likeliest first; none if not asked for. */
  readonly top_logprobs: readonly TokenLogprob[];
}

/** What a row of the model's scores says of one token, and of the `top` likeliest. */
export function tokenEntry(raw: Logits, token: number, top: number, tokenizer: Tokenizer): TokenEntry {
  const total = logSumExp(raw);
  const entry = (id: number) => ({ ...tokenName(id, tokenizer), logprob: finite(raw[id] - total) });
  return { ...entry(token), top_logprobs: topIndices(raw, top).map(entry) };
}

/** A token as OpenAI's protocol writes it. */
export function tokenName(token: number, tokenizer: Tokenizer): { token: string; bytes: number[] } {
  const bytes = [...tokenizer.tokenBytes(token)];
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));
  if (!text.includes("\uFFFD")) return { token: text, bytes };
  const hex = bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
  return { token: `bytes:${hex}`, bytes };
}

/** JSON has no infinity; OpenAI writes -9999 for a token that can't be. */
function finite(logprob: number): number {
  return Math.max(logprob, -9999);
}
