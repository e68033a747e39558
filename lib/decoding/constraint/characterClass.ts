import type { Range } from "./utf8Ranges.js";

const LAST = 0x10ffff;

const NAMED: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  f: 12,
  v: 11,
  a: 7,
  b: 8,
  e: 27,
  "0": 0,
};

/** One character as grammars write it: escaped with its number, by a letter, or as it is. */
const CHARACTER = /\\x([\da-fA-F]{2})|\\u([\da-fA-F]{4})|\\U([\da-fA-F]{8})|\\(.)|(.)/gsu;

/** A character, and whether it stands for itself only because it is escaped. */
interface Character {
  readonly codePoint: number;
  readonly escaped: boolean;
}

/** The text of a literal's inside. */
export function readLiteral(inside: string): string {
  return String.fromCodePoint(...readCharacters(inside).map(({ codePoint }) => codePoint));
}

/** The characters that a class such as `[a-z_]` or `[^"]` accepts, in order, given its inside. */
export function readClass(inside: string): Range[] {
  if (!inside.startsWith("^")) return merged(readRanges(inside));
  return complement(readRanges(inside.slice(1)));
}

/** What is in none of the ranges. */
export function complement(ranges: readonly Range[]): Range[] {
  const gaps: Range[] = [];
  let from = 0;
  for (const [low, high] of merged(ranges)) {
    if (low > from) gaps.push([from, low - 1]);
    from = high + 1;
  }
  return from > LAST ? gaps : [...gaps, [from, LAST]];
}

function readRanges(inside: string): Range[] {
  const characters = readCharacters(inside);
  const ranges: Range[] = [];
  for (let at = 0; at < characters.length; at++) {
    const [{ codePoint }, next, end] = characters.slice(at, at + 3);
    const isRange = next?.codePoint === 0x2d && !next.escaped && end !== undefined;
    ranges.push([codePoint, isRange ? end.codePoint : codePoint]);
    if (isRange) at += 2;
  }
  return ranges;
}

function readCharacters(text: string): Character[] {
  return [...text.matchAll(CHARACTER)].map(([, x, u, U, letter, plain]) => {
    const hex = x ?? u ?? U;
    if (hex !== undefined) return { codePoint: Number.parseInt(hex, 16), escaped: true };
    const codePoint = NAMED[letter ?? ""] ?? ((letter ?? plain).codePointAt(0) as number);
    return { codePoint, escaped: letter !== undefined };
  });
}

/** In order, and none touching the next. */
function merged(ranges: readonly Range[]): Range[] {
  const result: [number, number][] = [];
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result[result.length - 1];
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else result.push([low, high]);
  }
  return result;
}
