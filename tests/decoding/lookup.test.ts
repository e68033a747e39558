import { describe, expect, test } from "vitest";
import type { Tokens } from "../../lib/core/types.js";
import { lookUp, lookupDrafter } from "../../lib/decoding/speculative/lookup.js";
import type { Drafter } from "../../lib/decoding/speculative/types.js";

describe("lookUp", () => {
  test.each([
    { tokens: [1, 2, 3, 4, 1, 2], longest: 2, size: 2, next: 2 },
    { tokens: [1, 2, 3, 1, 2, 4, 1, 2], longest: 2, size: 2, next: 2 }, // the first place counts
    { tokens: [9, 2, 5, 1, 2, 7, 1, 2], longest: 2, size: 2, next: 5 }, // the longer match counts
    { tokens: [9, 2, 5, 1, 2], longest: 2, size: 1, next: 2 }, // one token will do
    { tokens: [7, 7], longest: 2, size: 1, next: 1 },
  ])("the end of $tokens stood before $next", ({ tokens, longest, size, next }) => {
    expect(lookUp(tokens, longest)).toEqual({ size, next });
    expect(lookUp([...tokens, 8, 8], longest, tokens.length)).toEqual({ size, next });
  });

  test.each([[[1, 2, 3]], [[1]]])("nothing in %j repeats", (tokens) => {
    expect(lookUp(tokens, 2)).toBeUndefined();
  });
});

describe("lookupDrafter", () => {
  const guess = async (drafter: Drafter, tokens: Tokens) =>
    (await drafter([{ sequence: 0, tokens, room: 99 }]))[0]?.tokens.length;

  test("guesses further while its guesses hold, up to numTokens", async () => {
    const drafter = lookupDrafter({ numTokens: 4, maxMatchingNgramSize: 3 });
    const circle = Array.from({ length: 40 }, (_, at) => at % 5);
    const lengths = [];
    for (let end = 8; end < 30; end++) lengths.push(await guess(drafter, circle.slice(0, end)));
    expect(lengths[0]).toBe(1); // as likely to hold as not, which pays for one
    expect(lengths.at(-1)).toBe(4);
    expect(lengths).toEqual([...lengths].sort());
  });

  test("stops where guesses fail, and begins again where they would have held", async () => {
    const drafter = lookupDrafter({ maxMatchingNgramSize: 1 });
    await guess(drafter, [1, 2]);
    let text = [1, 2, 1, 2, 1, 2];
    const lengths: (number | undefined)[] = [];
    // From here on, after a 1 comes never what came after the first.
    for (let other = 10; other < 20; other++) {
      text = [...text, 1];
      lengths.push(await guess(drafter, text));
      text = [...text, other];
    }
    expect(lengths[0]).toBeGreaterThan(0);
    expect(lengths.at(-1)).toBe(0);
    for (let again = 0; again < 4; again++) {
      text = [...text, 1, 2];
      await guess(drafter, text);
    }
    expect(await guess(drafter, [...text, 1])).toBeGreaterThan(0);
  });

  test("each sequence learns for itself", async () => {
    const drafter = lookupDrafter();
    const circle = Array.from({ length: 30 }, (_, at) => at % 5);
    for (let end = 8; end < 30; end++) await guess(drafter, circle.slice(0, end));
    expect(await guess(drafter, circle)).toBeGreaterThan(1);
    const [fresh] = await drafter([{ sequence: 1, tokens: circle, room: 99 }]);
    expect(fresh?.tokens.length).toBe(1);
  });
});
