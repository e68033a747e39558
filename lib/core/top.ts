import type { Row } from "./rows.js";

/** Index of the largest score; of equal ones the lowest. The row must not be empty or hold NaN. */
export function argmax(row: Row): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) {
    if (row[i] > row[best]) best = i;
  }
  return best;
}

/**
 * Indices of the `count` largest scores, largest first, equal ones by lower index; all indices if the row is
 * shorter. One pass over the row with a heap of `count` indices, instead of a full sort. The row must not hold NaN.
 */
export function topIndices(row: Row, count: number): number[] {
  const size = Math.min(count, row.length);
  if (size <= 0) return [];
  const heap = Array.from({ length: size }, (_, index) => index);
  for (let at = (size >> 1) - 1; at >= 0; at--) siftDown(row, heap, at);
  let worst = row[heap[0]];
  for (let index = size; index < row.length; index++) {
    // Strictly larger: of equal scores the lower index came first and stays.
    if (row[index] > worst) {
      heap[0] = index;
      siftDown(row, heap, 0);
      worst = row[heap[0]];
    }
  }
  return heap.sort((a, b) => row[b] - row[a] || a - b);
}

/** Restores the heap below `at`: the root is the index that leaves first. */
function siftDown(row: Row, heap: number[], at: number): void {
  const moved = heap[at];
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && leavesBefore(row, heap[child + 1], heap[child])) child++;
    if (!leavesBefore(row, heap[child], moved)) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = moved;
}

function leavesBefore(row: Row, a: number, b: number): boolean {
  const [first, second] = [row[a], row[b]];
  return first < second || (first === second && a > b);
}
