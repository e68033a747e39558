/** Numbers from one to another, both included. */
export type Range = readonly [from: number, to: number];

/** The last code point that each length of UTF-8 can write. */
const LONGEST = [0x7f, 0x7ff, 0xffff, 0x10ffff];

/** UTF-8 can't write these. */
const SURROGATES: Range = [0xd800, 0xdfff];

/**
 * The UTF-8 of every character of a range, as sequences of byte ranges: a character is in the range if and only if one
 * of the sequences holds its bytes (as in the utf8-ranges of Rust's regex).
 */
export function utf8Ranges([from, to]: Range): Range[][] {
  if (from > to) return [];
  const [low, high] = SURROGATES;
  if (from <= high && to >= low) return [...utf8Ranges([from, low - 1]), ...utf8Ranges([high + 1, to])];
  const length = LONGEST.findIndex((last) => from <= last);
  if (to > LONGEST[length]) {
    return [...utf8Ranges([from, LONGEST[length]]), ...utf8Ranges([LONGEST[length] + 1, to])];
  }
  for (let bits = 6; bits <= 6 * length; bits += 6) {
    // Bytes from here on can be ranges of their own only if they run from their first value to their last.
    const mask = (1 << bits) - 1;
    if (from >> bits === to >> bits) continue;
    if ((from & mask) !== 0) return split([from, to], from | mask);
    if ((to & mask) !== mask) return split([from, to], (to & ~mask) - 1);
  }
  const [first, last] = [encode(from), encode(to)];
  return [first.map((byte, index): Range => [byte, last[index]])];
}

function split([from, to]: Range, at: number): Range[][] {
  return [...utf8Ranges([from, at]), ...utf8Ranges([at + 1, to])];
}

function encode(codePoint: number): number[] {
  return [...new TextEncoder().encode(String.fromCodePoint(codePoint))];
}
