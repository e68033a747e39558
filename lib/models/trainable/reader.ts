import type { Logits, Tokens } from "../../core/types.js";

/** Reads prefixes whose tokens have been checked: the rows after each prefix's last token, or after every token. */
export interface Reader {
  next(prefixes: readonly Tokens[], signal?: AbortSignal): Promise<Logits[]>;
  all(tokens: Tokens, signal?: AbortSignal): Promise<Logits[]>;
  /** How many tokens at the start of a text need not be read again, where that is known token by token. */
  cachedLength?(tokens: Tokens): number;
  dispose(): void | Promise<void>;
}
