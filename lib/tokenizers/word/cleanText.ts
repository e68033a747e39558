/** Python's `\s` on text: Unicode's white space and the four separators U+001C to U+001F. */
export const PYTHON_SPACE = "[\\p{White_Space}\\u001C-\\u001F]";
/** Python's `\d` on text: decimal digits of every script. */
export const PYTHON_DIGIT = "\\p{Nd}";
/** Python's `\W` on text: neither letter nor number nor underscore. Combining marks are among them. */
export const PYTHON_NON_WORD = "[^\\p{L}\\p{N}_]";

const digits = new RegExp(`${PYTHON_DIGIT}+`, "gu");
const spaces = new RegExp(`${PYTHON_SPACE}+`, "gu");
const nonWord = new RegExp(PYTHON_NON_WORD, "gu");

/**
 * Cleans text for a vocabulary of words, in four steps and in this order:
 * 1. lower case,
 * 2. runs of digits vanish,
 * 3. runs of white space become one space,
 * 4. every other character that is no letter, number or underscore becomes a space of its own.
 *
 * So spaces may stand side by side afterwards, and `don't` becomes `don t`. The classes are those of Python's `re` on
 * text (`\d+`, `\s+`, `\W`), which differ from JavaScript's: digits and letters of every script count.
 */
export function cleanText(text: string): string {
  return text.toLowerCase().replace(digits, "").replace(spaces, " ").replace(nonWord, " ");
}
