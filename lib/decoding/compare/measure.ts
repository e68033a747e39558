import type { OpenModel, Tokens } from "../../core/types.js";
import type { GeneratedSequence } from "../recipe.js";
import { withoutEnd } from "../sequenceText.js";
import { distinct } from "./distinct.js";
import { modelLogProb } from "./modelLogProb.js";
import { repetitionRate } from "./repetition.js";
import { selfBleu } from "./selfBleu.js";
import type { SequenceMeasures } from "./types.js";

/**
 * What can be measured of the sequences that one recipe made of one prompt, in their order. Costs one more reading of
 * each for the model's own log-probabilities.
 * @throws as `LanguageModel.nextLogits`
 */
export async function measureSequences(
  { model, tokenizer }: Pick<OpenModel, "model" | "tokenizer">,
  prompt: Tokens,
  sequences: readonly GeneratedSequence[],
  signal?: AbortSignal,
): Promise<SequenceMeasures[]> {
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
      ended: finishReason === "stop",
      finishReason,
    });
  }
  return measures;
}
