/**
 * Byte-level BPE writes each byte as one printable character: printable Latin-1 bytes as themselves, the others
 * as the characters from U+0100 on, in order (GPT-2, Radford et al. 2019).
 */
const BYTE_OF: ReadonlyMap<string, number> = byteAlphabet();

function byteAlphabet(): Map<string, number> {
  const printable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  const alphabet = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    alphabet.set(String.fromCharCode(printable(byte) ? byte : next++), byte);
  }
  return alphabet;
}

const CHARACTER_OF: readonly string[] = [...BYTE_OF.keys()];

/** The token string of bytes in a byte-level vocabulary: ` the` is `Ġthe`. */
export function byteLevelString(bytes: Iterable<number>): string {
  let text = "";
  for (const byte of bytes) text += CHARACTER_OF[byte];
  return text;
}

/** Bytes of a token string of a byte-level vocabulary, such as `Ġthe`. */
export function byteLevelBytes(token: string): Uint8Array {
  const bytes = [...token].map((character) => BYTE_OF.get(character));
  // A string outside the alphabet is a token that was added as plain text.
  if (bytes.includes(undefined)) return new TextEncoder().encode(token);
  return Uint8Array.from(bytes as number[]);
}

/** Bytes of a token string of a SentencePiece vocabulary: `▁` is a space, `<0xE2>` is one byte. */
export function metaspaceBytes(token: string): Uint8Array {
  const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
  if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16));
  return new TextEncoder().encode(token.replaceAll("▁", " "));
}
