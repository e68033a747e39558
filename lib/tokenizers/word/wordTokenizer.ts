import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import { type Component, tokenizerJson, wordLevelModel } from "../file/format.js";
import { tokenList } from "../listed.js";
import { withSpecialTokens } from "../special.js";
import type { TrainedTokenizer } from "../trained.js";
import { cleanText, PYTHON_DIGIT, PYTHON_NON_WORD, PYTHON_SPACE } from "./cleanText.js";

/** Stands for every word that is not in the vocabulary. */
export const UNKNOWN_WORD = "<|unknown|>";

export interface WordOptions {
  /** Most tokens, the two special ones included. Default: no limit. */
  readonly vocabSize?: number;
  /** Words that occur less often are unknown. Default 1. */
  readonly minFrequency?: number;
}

const names: OptionNames<WordOptions> = { vocabSize: true, minFrequency: true };

/**
 * A tokenizer of whole words, cleaned by `cleanText`: the most frequent first, equally frequent ones in the order of
 * their code units, after `<|endoftext|>` (0) and `<|unknown|>` (1). A token's text is a space and the word.
 * @throws OptionError for options out of range, or texts without a word
 */
export async function trainWordTokenizer(
  texts: Iterable<string> | AsyncIterable<string>,
  options: WordOptions = {},
): Promise<TrainedTokenizer> {
  assertKnownOptions(options, names);
  const { vocabSize = Number.POSITIVE_INFINITY, minFrequency = 1 } = options;
  if (!(vocabSize >= 3 && (Number.isInteger(vocabSize) || vocabSize === Number.POSITIVE_INFINITY))) {
    throw new OptionError("vocabSize", vocabSize, "a whole number from 3: two tokens are special");
  }
  if (!(Number.isInteger(minFrequency) && minFrequency >= 1)) {
    throw new OptionError("minFrequency", minFrequency, "a whole number from 1");
  }
  const counts = new Map<string, number>();
  for await (const text of texts) {
    for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const frequent = [...counts].filter(([, count]) => count >= minFrequency);
  frequent.sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  const words = frequent.slice(0, Math.max(0, vocabSize - 2)).map(([word]) => word);
  if (counts.size === 0) throw new OptionError("texts", "", "texts with a word in them");
  if (words.length === 0) {
    const most = [...counts.values()].reduce((highest, count) => Math.max(highest, count));
    throw new OptionError("minFrequency", minFrequency, `at most ${most}: no word occurs more often`);
  }
  return wordTokenizer(words);
}

/**
 * The same for words that are known already.
 * @param words as `cleanText` leaves them, none twice
 * @throws OptionError for words that could never be found in a text
 */
export function wordTokenizer(words: readonly string[]): TrainedTokenizer {
  const wrong = words.find((word) => word === "" || word.includes(" ") || cleanText(word) !== word);
  if (wrong !== undefined) throw new OptionError("words", wrong, "words as `cleanText` leaves them");
  const ids = new Map(words.map((word, index) => [word, index + 2]));
  if (ids.size !== words.length) throw new OptionError("words", words.length, "all different");
  const { tokens, special, reader } = tokenList(
    UNKNOWN_WORD,
    words.map((word) => ` ${word}`),
  );
  return {
    ...reader,
    kind: "word",
    encode: withSpecialTokens(special, (text) => wordsOf(text).map((word) => ids.get(word) ?? 1)),
    toJSON: () => tokenizerJson(special, { ...wordRules, model: wordLevelModel(tokens, UNKNOWN_WORD) }),
  };
}

function wordsOf(text: string): string[] {
  return cleanText(text)
    .split(" ")
    .filter((word) => word !== "");
}

/**
 * The cleaning in Hugging Face's terms. Python lowers letter by letter there, so that a final Greek sigma is σ instead
 * of ς; everything else is equal.
 */
export const wordRules = {
  normalizer: {
    type: "Sequence",
    normalizers: [
      { type: "Lowercase" },
      replace(`${PYTHON_DIGIT}+`, ""),
      replace(`${PYTHON_SPACE}+`, " "),
      replace(PYTHON_NON_WORD, " "),
      { type: "Prepend", prepend: " " },
    ],
  },
  pre_tokenizer: { type: "Split", pattern: { Regex: " [^ ]+" }, behavior: "Removed", invert: true },
  decoder: { type: "Fuse" },
} as const;

function replace(pattern: string, content: string): Component {
  return { type: "Replace", pattern: { Regex: pattern }, content };
}
