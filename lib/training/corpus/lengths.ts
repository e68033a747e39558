/** Documents of `from` to `to` characters, both included. */
export interface LengthBucket {
  readonly from: number;
  readonly to: number;
  readonly documents: number;
}

/** At most so many buckets of equal width. */
const mostBuckets = 16;

/**
 * A histogram of lengths: equally wide buckets of a round width, or, where the longest is beyond eight times the
 * median, bounds at 1, 2, 5, 10, 20, 50 and so on. The first and the last bucket are not empty.
 * @param sorted lengths from 1, ascending, at least one
 */
export function lengthBuckets(sorted: Uint32Array): LengthBucket[] {
  const longest = sorted[sorted.length - 1];
  const isEven = longest <= 8 * sorted[Math.floor(sorted.length / 2)];
  const bounds = isEven ? evenBounds(sorted[0], longest) : growingBounds(longest);
  const documents = new Array<number>(bounds.length - 1).fill(0);
  let bucket = 0;
  for (const length of sorted) {
    while (length >= bounds[bucket + 1]) bucket++;
    documents[bucket]++;
  }
  const buckets = documents.map((count, i) => ({ from: bounds[i], to: bounds[i + 1] - 1, documents: count }));
  return buckets.slice(buckets.findIndex((found) => found.documents > 0));
}

/** Bounds of buckets; each begins at one and ends before the next. */
function evenBounds(shortest: number, longest: number): number[] {
  const width = roundNumbers().find(
    (step) => Math.floor(longest / step) - Math.floor(shortest / step) < mostBuckets,
  );
  const step = width as number;
  const first = Math.floor(shortest / step) * step;
  const count = Math.floor(longest / step) - Math.floor(shortest / step) + 1;
  return Array.from({ length: count + 1 }, (_, i) => first + i * step);
}

function growingBounds(longest: number): number[] {
  const bounds: number[] = [];
  for (const bound of roundNumbers()) {
    bounds.push(bound);
    if (bound > longest) break;
  }
  return bounds;
}

/** 1, 2, 5, 10, 20, 50, … beyond any length. */
function roundNumbers(): number[] {
  return Array.from({ length: 30 }, (_, i) => [1, 2, 5][i % 3] * 10 ** Math.floor(i / 3));
}
