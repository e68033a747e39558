import { isUtf8 } from "node:buffer";
import { CorpusError } from "../../../core/errors.js";

const advice = 'say encoding "latin1" or "utf-16le" if it is that';

/**
 * UTF-8 from bytes, in a stream, checked: `decode` alone would put U+FFFD for what it can't read.
 * @param skipped bytes of the file that came before
 * @throws CorpusError with the place in the file of the first byte that is wrong, or is zero as only in binary files
 */
export async function* decodeUtf8(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  skipped = 0,
): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let place = skipped;
  let cut: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = cut.length === 0 ? chunk : Buffer.concat([cut, chunk]);
    const whole = bytes.subarray(0, bytes.length - cutBytes(bytes));
    assertText(whole, place, file);
    place += whole.length;
    cut = bytes.slice(whole.length);
    yield decoder.decode(whole);
  }
  if (cut.length > 0)
    throw notUtf8(file, place, cut[0], `the file ends in the middle of a character, or: ${advice}`);
}

function assertText(bytes: Uint8Array, place: number, file: string): void {
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    throw new CorpusError(file, `byte ${place + zero} is zero, as in binary files: it is no text`);
  }
  if (isUtf8(bytes)) return;
  const wrong = firstWrongByte(bytes);
  throw notUtf8(file, place + wrong, bytes[wrong], advice);
}

function notUtf8(file: string, place: number, byte: number, why: string): CorpusError {
  const value = byte.toString(16).toUpperCase().padStart(2, "0");
  return new CorpusError(file, `byte ${place} (0x${value}) is not UTF-8; ${why}`);
}

/** How many bytes at the end begin a character without completing it: 0 to 3. */
function cutBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const length = characterLength(bytes[bytes.length - back]);
    if (length > 0) return length > back ? back : 0;
  }
  return 0;
}

/** Where the first character begins that is none. */
function firstWrongByte(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes[at]);
    if (length === 0 || !isUtf8(bytes.subarray(at, at + length))) break;
    at += length;
  }
  return at;
}

/** How many bytes a character has that begins with this one; 0 if none does. */
function characterLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}
