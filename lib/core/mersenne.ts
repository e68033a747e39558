import { mersenne } from "pure-rand/generator/mersenne";

/**
 * The Mersenne twister MT19937 (Matsumoto and Nishimura 1998), for results that must equal PyTorch's or NumPy's
 * number by number; everywhere else `seededRandom` is the source.
 * @returns a function that gives the next whole number from 0 to 2^32 - 1
 */
export function mersenneTwister(seed: number): () => number {
  const generator = mersenne(seed | 0);
  return () => generator.next() >>> 0;
}

/**
 * The first `count` elements of PyTorch's random permutation of 0 to n - 1 on the CPU, `torch.randperm`, for n below
 * 2^32 / 20.
 */
export function torchPermutation(n: number, seed: number, count = n): Int32Array {
  const next = mersenneTwister(seed);
  const order = new Int32Array(n);
  for (let at = 0; at < n; at++) order[at] = at;
  for (let at = 0; at < Math.min(count, n - 1); at++) {
    const other = at + (next() % (n - at));
    const moved = order[at];
    order[at] = order[other];
    order[other] = moved;
  }
  return order.subarray(0, count);
}
