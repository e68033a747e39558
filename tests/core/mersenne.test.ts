import { expect, test } from "vitest";
import { mersenneTwister, torchPermutation } from "../../lib/core/mersenne.js";

test("gives the published first numbers of MT19937 for its default seed", () => {
  const next = mersenneTwister(5489);
  expect(Array.from({ length: 5 }, next)).toEqual([3499211612, 581869302, 3890346734, 3586334585, 545404204]);
});

// torch.randperm(10, generator=torch.Generator().manual_seed(seed)) of PyTorch 2.13.0 on the CPU.
test.each([
  [0, [4, 1, 7, 5, 3, 9, 0, 8, 6, 2]],
  [1, [5, 6, 1, 2, 0, 8, 9, 3, 7, 4]],
  [15485863, [8, 5, 7, 0, 2, 6, 9, 1, 4, 3]],
  [4294967295, [1, 4, 6, 2, 0, 5, 8, 7, 9, 3]],
])("permutes as PyTorch does with seed %s", (seed, expected) => {
  expect([...torchPermutation(10, seed)]).toEqual(expected);
  expect([...torchPermutation(10, seed, 4)]).toEqual(expected.slice(0, 4));
  expect([...torchPermutation(1, seed)]).toEqual([0]);
});
