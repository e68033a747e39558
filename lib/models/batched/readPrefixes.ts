import type { Tokens } from "../../core/types.js";

/** Which prefixes a model has read lately: a guess at what its cache holds. */
export class ReadPrefixes {
  /** Latest last. */
  private seen: Tokens[] = [];

  /** @param capacity how many different texts to remember */
  constructor(private readonly capacity: number) {}

  /** How many tokens at the start of a text were read before. */
  sharedLength(tokens: Tokens): number {
    let longest = 0;
    for (const other of this.seen) longest = Math.max(longest, shared(tokens, other));
    return longest;
  }

  /** Notes that a text was read; it takes the place of its own beginnings. */
  add(tokens: Tokens): void {
    this.seen = this.seen.filter((other) => shared(tokens, other) < other.length);
    this.seen.push(tokens);
    if (this.seen.length > this.capacity) this.seen.shift();
  }
}

function shared(a: Tokens, b: Tokens): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a[at] === b[at]) at++;
  return at;
}
