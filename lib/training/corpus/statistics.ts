import { CorpusError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { Tokenizer } from "../../core/types.js";
import { documentSieve, type Tally } from "./distinct.js";
import { type LengthBucket, lengthBuckets } from "./lengths.js";
import type { Corpus } from "./types.js";

/** A character and how often it occurs. */
export interface CharacterCount {
  readonly character: string;
  readonly count: number;
}

/** What a corpus holds. Empty and repeated documents are counted, and otherwise left out. */
export interface CorpusStatistics extends Readonly<Tally> {
  /** Code points. */
  readonly characters: number;
  /** By the tokenizer that was given, without ends of text; undefined if none was. */
  readonly tokens: number | undefined;
  /** Lengths of documents in characters. */
  readonly lengths: {
    readonly shortest: number;
    readonly median: number;
    readonly longest: number;
    readonly buckets: readonly LengthBucket[];
  };
  /** Every character that occurs, the most frequent first. */
  readonly characterSet: readonly CharacterCount[];
  /** Documents of each label, in order of first appearance. */
  readonly labels: Readonly<Record<string, number>>;
  /** Documents of each part as published. */
  readonly parts: Readonly<Record<string, number>>;
}

export interface StatisticsOptions {
  /** Counts tokens too. */
  readonly tokenizer?: Tokenizer;
  readonly signal?: AbortSignal;
}

const names: OptionNames<StatisticsOptions> = { tokenizer: true, signal: true };

/**
 * Reads a corpus once and counts what it holds.
 * @throws CorpusError if there is no document with text; the signal's reason once it is aborted
 */
export async function corpusStatistics(
  corpus: Corpus,
  options: StatisticsOptions = {},
): Promise<CorpusStatistics> {
  assertKnownOptions(options, names);
  const { tokenizer, signal } = options;
  const sieve = documentSieve();
  const counts = new Uint32Array(0x110000);
  const lengths: number[] = [];
  const labels: Record<string, number> = {};
  const parts: Record<string, number> = {};
  let tokens = 0;
  for await (const { text, label, part } of corpus.documents()) {
    signal?.throwIfAborted();
    if (sieve.standing(text) !== "new") continue;
    lengths.push(countCharacters(text, counts));
    if (tokenizer) tokens += tokenizer.encode(text).length;
    if (label !== undefined) labels[label] = (labels[label] ?? 0) + 1;
    if (part !== undefined) parts[part] = (parts[part] ?? 0) + 1;
  }
  if (lengths.length === 0) throw new CorpusError(corpus.name, "it is empty: there is no document with text");
  const sorted = Uint32Array.from(lengths).sort();
  return {
    ...sieve.tally,
    characters: sorted.reduce((sum, length) => sum + length, 0),
    tokens: tokenizer && tokens,
    lengths: {
      shortest: sorted[0],
      median: sorted[Math.floor((sorted.length - 1) / 2)],
      longest: sorted[sorted.length - 1],
      buckets: lengthBuckets(sorted),
    },
    characterSet: characterSet(counts),
    labels,
    parts,
  };
}

/** @returns how many there are */
function countCharacters(text: string, counts: Uint32Array): number {
  let characters = 0;
  for (let at = 0; at < text.length; characters++) {
    const code = text.codePointAt(at) as number;
    counts[code]++;
    at += code > 0xffff ? 2 : 1;
  }
  return characters;
}

function characterSet(counts: Uint32Array): CharacterCount[] {
  const found: CharacterCount[] = [];
  for (const [code, count] of counts.entries()) {
    if (count > 0) found.push({ character: String.fromCodePoint(code), count });
  }
  return found.sort((a, b) => b.count - a.count);
}
