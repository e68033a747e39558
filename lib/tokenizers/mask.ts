/** Hides tokens in texts from those who read them on the way, and shows them again. */
export interface Mask {
  /** A copy of a value of JSON's kinds; in its texts, keys included, every token found has lost its first character. */
  hide<Value>(value: Value, tokens: RegExp): Value;
  /** The text as it was. */
  show(text: string): string;
}

/**
 * A mask for these texts: a word of plain letters and digits, so that no template escapes it, which none of them holds.
 * @param values of JSON's kinds
 */
export function maskFor(values: unknown): Mask {
  const all = JSON.stringify(values);
  let number = 0;
  while (all.includes(`masked${number}c`)) number++;
  const word = new RegExp(`masked${number}c(\\d+)end`, "g");
  const hideText = (text: string, begin: RegExp) =>
    text.replace(begin, (first) => `masked${number}c${first.codePointAt(0)}end`);
  return {
    hide(value, tokens) {
      // Wherever one begins, also inside another: what is left when one is hidden must not be another.
      const begin = new RegExp(`(?=${tokens.source})[^]`, "gu");
      return mapTexts(value, (text) => hideText(text, begin)) as typeof value;
    },
    show: (text) => text.replace(word, (_, code) => String.fromCodePoint(Number(code))),
  };
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [map(key), mapTexts(item, map)]));
}
