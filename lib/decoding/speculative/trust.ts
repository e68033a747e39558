/** How strongly older trials still count, from one to the next. */
const MEMORY = 0.8;
/** Before any trial, a guess is as likely to hold as not: one of two did. */
const PRIOR_HELD = 1;
const PRIOR_TRIED = 2;

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
   * How many tokens to guess after a match of this size: as long as the chance that all of them hold is at least
   * `share`. Each token that holds makes the match one longer.
   */
  worthwhile(size: number, share: number, most: number): number {
    let chance = 1;
    let count = 0;
    for (let match = size; count < most; match = Math.min(match + 1, this.longest)) {
      chance *= this.#held[match] / this.#tried[match];
      if (chance < share) break;
      count++;
    }
    return count;
  }
}
