/** How strongly older trials still count, from one to the next. */
const MEMORY = 0.8;
/** Before any trial, a guess is as likely to hold as not: one of two did. */
const PRIOR_HELD = 1;
const PRIOR_TRIED = 2;

/** What guesses add to the cost of a run of the model, as shares of a run without any. */
export interface GuessCost {
  /** What the first of them adds: a run of several rows works otherwise than one of a single row. */
  readonly first: number;
  /** What each of them adds. */
  readonly each: number;
}

/**
 * How often guesses held lately, by the length of the match that they came from: a longer match is a better reason to
 * guess. Trials are remembered with a weight that shrinks by a fifth from each to the next.
 */
export class Trust {
  readonly #held: number[];
  readonly #tried: number[];

  /** @param longest the longest match */
  constructor(readonly longest: number) {
    this.#held = new Array(longest + 1).fill(PRIOR_HELD);
    this.#tried = new Array(longest + 1).fill(PRIOR_TRIED);
  }

  /** Notes whether the token that a match of this size pointed to was the right one. */
  note(size: number, held: boolean): void {
    this.#held[size] = MEMORY * this.#held[size] + (held ? 1 : 0);
    this.#tried[size] = MEMORY * this.#tried[size] + 1;
  }

  /**
   * How many tokens to guess after a match of this size: as many as are expected to bring the most tokens for what the
   * run costs. Each token that holds makes the match one longer.
   * @param most the most tokens to guess
   */
  worthwhile(size: number, { first, each }: GuessCost, most: number): number {
    let count = 0;
    let bestYield = 1;
    let chance = 1;
    let expected = 1;
    for (let guessed = 1, match = size; guessed <= most; guessed++) {
      chance *= this.#held[match] / this.#tried[match];
      expected += chance;
      const tokensForCost = expected / (1 + first + each * guessed);
      if (tokensForCost > bestYield) {
        bestYield = tokensForCost;
        count = guessed;
      }
      match = Math.min(match + 1, this.longest);
    }
    return count;
  }
}
