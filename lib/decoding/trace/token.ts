import type { Tokenizer } from "../../core/types.js";
import type { TracedToken } from "./types.js";

/** A token with what is needed to draw it. */
export function tracedToken(
  token: number,
  tokenizer: Pick<Tokenizer, "tokenBytes" | "isSpecial">,
): TracedToken {
  const bytes = tokenizer.tokenBytes(token);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return {
    token,
    text,
    ...(text.includes("\uFFFD") && { bytes: [...bytes] }),
    ...(tokenizer.isSpecial(token) && { special: true }),
  };
}
