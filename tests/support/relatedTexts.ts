import fc from "fast-check";

/**
 * Texts of token ids below 320 that share prefixes in all ways: each is cut from one trunk and grows leaves of its own.
 * @param most how many there are at most
 */
export function relatedTexts(most: number): fc.Arbitrary<number[][]> {
  return fc
    .tuple(
      fc.array(fc.nat(319), { minLength: 1, maxLength: 60 }),
      fc.array(fc.tuple(fc.nat(59), fc.array(fc.nat(2), { maxLength: 5 })), {
        minLength: 1,
        maxLength: most,
      }),
    )
    .map(([trunk, twigs]) =>
      twigs.map(([cut, leaves]) => [...trunk.slice(0, 1 + (cut % trunk.length)), ...leaves]),
    );
}
