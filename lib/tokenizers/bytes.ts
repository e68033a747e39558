import type { Tokens } from "../core/types.js";

/**
 * Text of the tokens' bytes. They are joined before they are read as UTF-8, since a character may be spread over
 * several tokens; what is no whole character becomes U+FFFD.
 */
export function decodeBytes(tokens: Tokens, tokenBytes: (token: number) => Uint8Array): string {
  const pieces = tokens.map(tokenBytes);
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  // Without `ignoreBOM` a byte-order mark at the start of the text would vanish.
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
