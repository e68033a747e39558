import type { Tokens } from "../../core/types.js";
import { assertCount } from "../assertCount.js";
import { Trust } from "./trust.js";
import type { Drafter, DraftRequest } from "./types.js";

export interface LookupOptions {
  /** The most tokens to guess at a time. Default 10, as in Hugging Face. */
  readonly numTokens?: number;
  /** How many of the last tokens are looked for, at most. Default 2, as in Hugging Face. */
  readonly maxMatchingNgramSize?: number;
  /** A guess ends before one of these. Default none. */
  readonly stopTokens?: readonly number[];
}

/**
 * What guesses are taken to cost. Measured on the native decoder and the default model, two cores: 0.11 for one guess,
 * 0.27 for two, 0.42 for three, then 0.2 to 0.25 for each. On onnxruntime the first costs half a run; guesses by these
 * figures still pay there where a text repeats itself, and cost a thirtieth where it does not.
 */
const COST = { first: 0, each: 0.2 };

/** What a sequence taught about its guesses, and how much of it has been looked at. */
interface Lesson {
  readonly trust: Trust;
  seen: number;
}

/**
 * Guesses that the text goes on as it did the first time its last few tokens stood there (Saxena 2023, prompt lookup).
 * The longest match counts: `maxMatchingNgramSize` tokens first, then fewer, as in Hugging Face.
 *
 * How many tokens are guessed follows from how often such guesses held. Hugging Face's "heuristic" schedule for draft
 * models lengthens a guess by 2 after one that held throughout and shortens it by 1 after another; its prompt lookup
 * always guesses as many as it may. Here every new token, guessed or not, is compared with what the look-up would have
 * said, so that guessing stops where it does not pay, and begins again where it would.
 * @throws OptionError for a number of tokens below 1
 */
export function lookupDrafter(options: LookupOptions = {}): Drafter {
  const { numTokens = 10, maxMatchingNgramSize = 2, stopTokens = [] } = options;
  assertCount("numTokens", numTokens);
  assertCount("maxMatchingNgramSize", maxMatchingNgramSize);
  const lessons = new Map<number, Lesson>();
  const lessonOf = ({ sequence, tokens }: DraftRequest) => {
    const known = lessons.get(sequence);
    if (known) return known;
    const lesson = { trust: new Trust(maxMatchingNgramSize), seen: tokens.length };
    lessons.set(sequence, lesson);
    return lesson;
  };
  return async (requests) =>
    requests.map((request) => {
      const lesson = lessonOf(request);
      const { tokens, room } = request;
      learn(lesson, tokens, maxMatchingNgramSize);
      const match = lookUp(tokens, maxMatchingNgramSize);
      if (match === undefined) return { tokens: [] };
      const count = lesson.trust.worthwhile(match.size, COST, Math.min(numTokens, room));
      const found = tokens.slice(match.next, match.next + count);
      const end = found.findIndex((token) => stopTokens.includes(token));
      return { tokens: end < 0 ? found : found.slice(0, end) };
    });
}

/** Compares the tokens that came since the last look with what the look-up would have said. */
function learn(lesson: Lesson, tokens: Tokens, longest: number): void {
  for (let end = lesson.seen; end < tokens.length; end++) {
    const match = lookUp(tokens, longest, end);
    if (match) lesson.trust.note(match.size, tokens[match.next] === tokens[end]);
  }
  lesson.seen = tokens.length;
}

/** Where a text's last tokens stood before. */
export interface Match {
  /** How many of them. */
  readonly size: number;
  /** The place after them. */
  readonly next: number;
}

/**
 * The first place where the last tokens of a text stood before, the longest match first; undefined if even the last
 * one is new.
 * @param end how much of the text to look at
 */
export function lookUp(tokens: Tokens, longest: number, end: number = tokens.length): Match | undefined {
  for (let size = Math.min(longest, end - 1); size > 0; size--) {
    for (let start = 0; start + size < end; start++) {
      if (repeatsEnd(tokens, start, size, end)) return { size, next: start + size };
    }
  }
  return undefined;
}

/** Whether the `size` tokens from `start` are the last ones before `end`. */
function repeatsEnd(tokens: Tokens, start: number, size: number, end: number): boolean {
  for (let at = 0; at < size; at++) {
    if (tokens[start + at] !== tokens[end - size + at]) return false;
  }
  return true;
}
