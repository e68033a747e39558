import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { OpenModel, Tokens } from "../../core/types.js";
import type { GeneratedSequence } from "../recipe.js";
import { withoutEnd } from "../sequenceText.js";
import { bleu } from "./bleu.js";
import { distinct } from "./distinct.js";
import { modelLogProb } from "./modelLogProb.js";
import { repetitionRate } from "./repetition.js";
import { selfBleu } from "./selfBleu.js";
import type { SequenceMeasures } from "./types.js";

export interface MeasureOptions {
  readonly signal?: AbortSignal | undefined;
  /** The text that was expected, to compare with. Default: nothing was. */
  readonly target?: string | undefined;
}

const names: OptionNames<MeasureOptions> = { signal: true, target: true };

/** @throws OptionError for an empty target */
export function assertTarget(target: string | undefined): void {
  if (target === "") throw new OptionError("target", target, "not empty, or left out");
}

/**
 * What can be measured of the sequences that one recipe made of one prompt, in their order. Costs one more reading of
 * each for the model's own log-probabilities.
 * @throws OptionError for an empty target; otherwise as `LanguageModel.nextLogits`
 */
export async function measureSequences(
  { model, tokenizer }: Pick<OpenModel, "model" | "tokenizer">,
  prompt: Tokens,
  sequences: readonly GeneratedSequence[],
  options: MeasureOptions = {},
): Promise<SequenceMeasures[]> {
  assertKnownOptions(options, names);
  const { signal, target } = options;
  assertTarget(target);
  const expected = target === undefined ? undefined : tokenizer.encode(target);
  const contents = sequences.map(({ tokens }) => withoutEnd(tokens, tokenizer.endTokens));
  const likeness = selfBleu(contents);
  const measures: SequenceMeasures[] = [];
  for (const [sequence, { text, tokens, logProb, finishReason }] of sequences.entries()) {
    const content = contents[sequence];
    measures.push({
      sequence,
      text,
      tokens: tokens.length,
      logProbPerToken: logProb / tokens.length,
      modelLogProbPerToken: (await modelLogProb(model, prompt, tokens, signal)) / tokens.length,
      distinct1: distinct(content, 1),
      distinct2: distinct(content, 2),
      distinct3: distinct(content, 3),
      repetition: repetitionRate(content),
      selfBleu: likeness[sequence],
      ...(expected && { bleu: bleu(content, [expected]) }),
      ended: finishReason === "stop",
      finishReason,
    });
  }
  return measures;
}
