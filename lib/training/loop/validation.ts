import type { Tokenizer } from "../../core/types.js";
import type { Batch } from "../batches/index.js";
import { type Scores, scoresOf } from "../metrics.js";
import type { TrainingStep } from "../step/step.js";

/** A fixed set of batches, and how many characters they ask for. */
export interface ValidationSet {
  readonly batches: readonly Batch[];
  readonly tokens: number;
  readonly characters: number;
}

/** Counts what the batches ask for, once. */
export function validationSet(batches: readonly Batch[], tokenizer: Tokenizer): ValidationSet {
  let [tokens, characters] = [0, 0];
  for (const { targets, length } of batches) {
    tokens += targets.length;
    for (let row = 0; row < targets.length; row += length) {
      const text = Array.from(targets.subarray(row, row + length)).filter(
        (token) => !tokenizer.isSpecial(token),
      );
      characters += [...tokenizer.decode(text)].length;
    }
  }
  return { batches, tokens, characters };
}

/**
 * How well the model predicts the set, with dropout off. Where a batch goes on from the one before, as streams do,
 * recurrent state is carried over as in training.
 */
export async function validate(
  step: Pick<TrainingStep, "evaluate">,
  { batches, tokens, characters }: ValidationSet,
): Promise<Scores> {
  let nats = 0;
  for (const batch of batches) {
    nats += (await step.evaluate(batch, { continues: batch.continues })) * batch.targets.length;
  }
  return scoresOf(nats, tokens, characters);
}
