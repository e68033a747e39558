import type { Random } from "../core/random.js";
import { logSumExp, maxScore } from "../core/rows.js";
import { argmax } from "../core/top.js";
import type { Logits } from "../core/types.js";

/**
 * Chooses the next token from processed scores.
 * @throws LogitsError for a row that holds NaN or +Infinity, or nothing above -Infinity
 */
export interface Sampler {
  (logits: Logits): number;
  /** It looks at the scores alone, so that it may be given only the tokens that are left, in order of their ids. */
  readonly tokenBlind?: true;
}

/** Chooses the likeliest token; of equally likely ones the lowest id. */
export function greedy(): Sampler {
  return tokenBlind((logits) => {
    maxScore(logits);
    return argmax(logits);
  });
}

/** Draws a token by its probability. A token that is ruled out is never drawn. */
export function multinomial(random: Random): Sampler {
  return tokenBlind((logits) => {
    const max = maxScore(logits);
    let left = random.next() * Math.exp(logSumExp(logits) - max);
    let last = 0;
    for (let token = 0; token < logits.length; token++) {
      const score = logits[token];
      if (score === Number.NEGATIVE_INFINITY) continue;
      const weight = Math.exp(score - max);
      if (weight === 0) continue;
      left -= weight;
      if (left < 0) return token;
      last = token;
    }
    // Rounding can leave a sliver over: it belongs to the last token that is allowed.
    return last;
  });
}

/**
 * Takes these tokens one after another, ruled out or not, and then chooses by `sample`. It draws for a picked token
 * too, so that a pick that equals the draw changes nothing of what follows.
 */
export function pickFirst(picks: readonly number[], sample: Sampler): Sampler {
  let taken = 0;
  return (logits) => {
    const drawn = sample(logits);
    return picks[taken++] ?? drawn;
  };
}

function tokenBlind(sample: (logits: Logits) => number): Sampler {
  return Object.assign(sample, { tokenBlind: true } as const);
}
