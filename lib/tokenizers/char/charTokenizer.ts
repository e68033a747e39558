import { OptionError } from "../../core/errors.js";
import { tokenizerJson, wordLevelModel } from "../file/format.js";
import { tokenList } from "../listed.js";
import { wellFormed, withSpecialTokens } from "../special.js";
import type { TrainedTokenizer } from "../trained.js";

/** Stands for every character that the training text did not have: Unicode's own sign for that. */
export const UNKNOWN_CHARACTER = "\uFFFD";

/** Matches one character, line ends included, in JavaScript and in Hugging Face's `tokenizers`. */
export const EACH_CHARACTER = "[\\s\\S]";

/**
 * A tokenizer with one token for each character (code point) that occurs in the texts, in the order of their code
 * points, after `<|endoftext|>` (0) and the unknown character U+FFFD (1).
 *
 *     const tokenizer = await trainCharTokenizer(["to be or not to be"]);
 *     tokenizer.encode("bone"); // the ids of b, o, n, e
 *
 * @throws OptionError if the texts are all empty
 */
export async function trainCharTokenizer(
  texts: Iterable<string> | AsyncIterable<string>,
): Promise<TrainedTokenizer> {
  const seen = new Set<string>();
  for await (const text of texts) for (const character of wellFormed(text)) seen.add(character);
  seen.delete(UNKNOWN_CHARACTER);
  if (seen.size === 0) throw new OptionError("texts", "", "texts with at least one character");
  return charTokenizer([...seen].sort((a, b) => (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0)));
}

/**
 * The same for characters that are known already.
 * @param characters each of them one code point, none twice
 * @throws OptionError for anything else
 */
export function charTokenizer(characters: readonly string[]): TrainedTokenizer {
  const { tokens, special, reader } = tokenList(UNKNOWN_CHARACTER, characters);
  const wrong = characters.find((text) => [...text].length !== 1 || wellFormed(text) === UNKNOWN_CHARACTER);
  if (wrong !== undefined) throw new OptionError("characters", wrong, "single characters");
  const ids = new Map(tokens.map((token, id) => [token, id]));
  if (ids.size !== tokens.length) throw new OptionError("characters", characters.join(""), "all different");
  return {
    ...reader,
    kind: "char",
    encode: withSpecialTokens(special, (text) => Array.from(text, (character) => ids.get(character) ?? 1)),
    toJSON: () =>
      tokenizerJson(special, {
        normalizer: null,
        pre_tokenizer: {
          type: "Split",
          pattern: { Regex: EACH_CHARACTER },
          behavior: "Isolated",
          invert: false,
        },
        decoder: { type: "Fuse" },
        model: wordLevelModel(tokens, UNKNOWN_CHARACTER),
      }),
  };
}
