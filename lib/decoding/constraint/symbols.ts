import { type Range, utf8Ranges } from "./utf8Ranges.js";

/**
 * The engine reads only ASCII rightly: in version 0.1.27, the last that npm has, a class such as `[一-龥]` accepts
 * other characters than it says (github.com/mlc-ai/xgrammar/issues/696). So it sees no others: a byte from 0x80 on is
 * written as two symbols, 0x7F and the byte without its first bit, and 0x7F as 0x7F twice. Grammar and vocabulary
 * are rewritten alike, and a character that is spread over tokens is only a sequence of symbols.
 */
const HIGH = 0x7f;

/** The symbols of a byte; undefined for 0xFF, which is in no text. */
function symbolsOf(byte: number): readonly number[] | undefined {
  if (byte < HIGH) return [byte];
  return byte === 0xff ? undefined : [HIGH, byte & 0x7f];
}

/** A token's bytes as the engine reads them; empty, which it never accepts, for bytes that no text holds. */
export function symbolText(bytes: Uint8Array): string {
  const symbols = [...bytes].map(symbolsOf);
  return symbols.includes(undefined) ? "" : String.fromCharCode(...symbols.flatMap((some) => some ?? []));
}

/** A text as a literal of the grammar. */
export function literal(text: string): string {
  const symbols = symbolText(new TextEncoder().encode(text));
  return `"${[...symbols].map((symbol) => escaped(symbol.charCodeAt(0))).join("")}"`;
}

/** The characters of these ranges as one element of the grammar. */
export function oneOf(ranges: readonly Range[]): string {
  const sequences = ranges.flatMap(utf8Ranges).flatMap(splitAtHigh);
  const plain = sequences.filter(([[from]]) => from < HIGH).map(([range]) => drawn(range));
  const others = sequences.filter(([[from]]) => from >= HIGH).map((bytes) => bytes.map(pair).join(" "));
  const alternatives = [...(plain.length > 0 ? [`[${plain.join("")}]`] : []), ...others];
  return alternatives.length === 1 ? alternatives[0] : `(${alternatives.join(" | ")})`;
}

/** ASCII with 0x7F apart, which takes two symbols. */
function splitAtHigh(bytes: readonly Range[]): (readonly Range[])[] {
  const [[from, to]] = bytes;
  if (from >= HIGH || to < HIGH) return [bytes];
  return [[[HIGH, HIGH]], ...(from < HIGH ? [[[from, HIGH - 1] as const]] : [])];
}

function pair(range: Range): string {
  return `"${escaped(HIGH)}" [${drawn(range)}]`;
}

function drawn([from, to]: Range): string {
  const [low, high] = [escaped(from & 0x7f), escaped(to & 0x7f)];
  return low === high ? low : `${low}-${high}`;
}

function escaped(symbol: number): string {
  return `\\x${symbol.toString(16).padStart(2, "0")}`;
}
