import { OptionError } from "../../core/errors.js";
import { normalTail } from "../../core/normal.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { Tokens } from "../../core/types.js";
import { assertCount } from "../assertCount.js";
import { greenlist, type WatermarkOptions } from "./greenlist.js";
import { readWatermarkOptions } from "./watermarkOptions.js";

export interface DetectionOptions extends WatermarkOptions {
  /** The vocabulary of the model that may have written the text. */
  readonly vocabSize: number;
  /** Counts a run of tokens once, however often it occurs. Default false. */
  readonly ignoreRepeatedNgrams?: boolean;
  /** The z-score above which the text counts as watermarked. Default 3. */
  readonly threshold?: number;
}

const names: OptionNames<DetectionOptions> = {
  vocabSize: true,
  ignoreRepeatedNgrams: true,
  threshold: true,
  greenlistRatio: true,
  bias: true,
  hashingKey: true,
  seedingScheme: true,
  contextWidth: true,
};

/** What a detector found. */
export interface WatermarkDetection {
  readonly tokensScored: number;
  readonly greenTokens: number;
  readonly greenFraction: number;
  /** By how many standard deviations there are more green tokens than chance has. */
  readonly zScore: number;
  /** How likely chance alone gives at least this z-score. */
  readonly pValue: number;
  readonly watermarked: boolean;
}

/**
 * Tells whether a text was written with `watermark`, from its tokens and the watermark's own options alone. Counts the
 * green tokens g of n and compares with the share r that chance has: z = (g - r n) / sqrt(n r (1 - r)). As Hugging
 * Face's WatermarkDetector; leave out the prompt and a begin-of-text token, which weren't chosen.
 * @throws OptionError for options as `watermark`, tokens that the vocabulary doesn't have, or too few to score one
 */
export function detectWatermark(tokens: Tokens, options: DetectionOptions): WatermarkDetection {
  assertKnownOptions(options, names);
  const { vocabSize, ignoreRepeatedNgrams = false, threshold = 3, ...rest } = options;
  const config = readWatermarkOptions(rest);
  assertCount("vocabSize", vocabSize);
  if (typeof ignoreRepeatedNgrams !== "boolean") {
    throw new OptionError("ignoreRepeatedNgrams", ignoreRepeatedNgrams, "true or false");
  }
  if (!Number.isFinite(threshold)) throw new OptionError("threshold", threshold, "a number");
  assertTokens(tokens, vocabSize);
  const { contextWidth, greenlistRatio } = config;
  if (tokens.length <= contextWidth) {
    throw new OptionError("tokens", tokens, `more than \`contextWidth\` (${contextWidth}) tokens`);
  }
  const hits = scoreRuns(tokens, config, vocabSize);
  const counted = ignoreRepeatedNgrams ? [...new Map(hits).values()] : hits.map(([, hit]) => hit);
  const tokensScored = counted.length;
  const greenTokens = counted.filter((hit) => hit).length;
  const spread = Math.sqrt(tokensScored * greenlistRatio * (1 - greenlistRatio));
  const zScore = (greenTokens - greenlistRatio * tokensScored) / spread;
  return {
    tokensScored,
    greenTokens,
    greenFraction: greenTokens / tokensScored,
    zScore,
    pValue: normalTail(zScore),
    watermarked: zScore > threshold,
  };
}

function assertTokens(tokens: Tokens, vocabSize: number): void {
  if (!Array.isArray(tokens)) throw new OptionError("tokens", tokens, "a list of token ids");
  const at = tokens.findIndex((token) => !Number.isInteger(token) || token < 0 || token >= vocabSize);
  if (at < 0) return;
  throw new OptionError(`tokens[${at}]`, tokens[at], `a token of the vocabulary, from 0 to ${vocabSize - 1}`);
}

/** Each run of tokens that decides about its last one, and whether that one is green. */
function scoreRuns(
  tokens: Tokens,
  config: Required<WatermarkOptions>,
  vocabSize: number,
): [run: string, green: boolean][] {
  const list = greenlist(config, vocabSize);
  const own = config.seedingScheme === "selfhash";
  const length = own ? config.contextWidth : config.contextWidth + 1;
  const known = new Map<string, boolean>();
  return tokens.slice(length - 1).map((token, index) => {
    const run = tokens.slice(index, index + length);
    const name = run.join(" ");
    const green = known.get(name) ?? list.green(own ? run : run.slice(0, -1)).includes(token);
    known.set(name, green);
    return [name, green];
  });
}
