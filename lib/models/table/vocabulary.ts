import { OptionError } from "../../core/errors.js";
import type { Logits } from "../../core/types.js";

/** Probabilities of the next token: one for each token id, or only the ones above 0 by the token's text. */
export type Distribution = readonly number[] | Readonly<Record<string, number>>;

/** The tokens of a table, by id and by text. */
export interface Vocabulary {
  readonly size: number;
  idOf(token: number | string, place: string): number;
  /** The distribution as a new row of log-probabilities. */
  read(distribution: Distribution, place: string): Logits;
}

/** @throws OptionError if neither the tokens nor a usable number of them is given */
export function readVocabulary(tokens?: readonly string[], vocabSize?: number): Vocabulary {
  const size = tokens?.length ?? vocabSize ?? 0;
  if (!Number.isInteger(size) || size < 1) {
    throw new OptionError("vocabSize", vocabSize, "a whole number from 1, unless `tokens` lists the tokens");
  }
  const ids = new Map(tokens?.map((text, id) => [text, id]));
  function idOf(token: number | string, place: string): number {
    const id = typeof token === "number" ? token : ids.get(token);
    if (id === undefined || !(id >= 0 && id < size)) {
      throw new OptionError(
        place,
        token,
        `made of tokens of the table${tokens ? `: ${tokens.join(", ")}` : ""}`,
      );
    }
    return id;
  }
  function read(distribution: Distribution, place: string): Logits {
    const probabilities = new Float64Array(size);
    if (Array.isArray(distribution)) {
      if (distribution.length !== size) {
        throw new OptionError(place, distribution, `${size} probabilities, one for each token`);
      }
      probabilities.set(distribution);
    } else {
      for (const [text, probability] of Object.entries(distribution)) {
        probabilities[idOf(text, place)] = probability as number;
      }
    }
    assertDistribution(probabilities, distribution, place);
    return Float32Array.from(probabilities, Math.log);
  }
  return { size, idOf, read };
}

function assertDistribution(probabilities: Float64Array, given: Distribution, place: string): void {
  let sum = 0;
  for (const probability of probabilities) {
    if (!(probability >= 0)) throw new OptionError(place, given, "probabilities from 0 to 1");
    sum += probability;
  }
  if (!(Math.abs(sum - 1) < 1e-6))
    throw new OptionError(place, given, `probabilities that sum to 1, not to ${sum}`);
}
