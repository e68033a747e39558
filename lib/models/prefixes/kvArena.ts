/** The key or the value tensor of one attention layer: each token adds one row of `heads * headDim` numbers. */
export interface KvPart {
  readonly heads: number;
  readonly headDim: number;
}

/** What a graph keeps per token. `float16` rows are carried as their 16-bit patterns. */
export interface KvLayout {
  readonly parts: readonly KvPart[];
  readonly type: "float32" | "float16";
}

export type KvNumbers = Float32Array | Uint16Array;

/** Bytes that one cached token takes. */
export function bytesPerToken(layout: KvLayout): number {
  const width = layout.type === "float32" ? 4 : 2;
  return layout.parts.reduce((sum, part) => sum + part.heads * part.headDim * width, 0);
}

/**
 * Storage for cached keys and values: one buffer per part, laid out `[slot, heads, headDim]`, so that the slots
 * `from` to `to` are one contiguous view that a graph reads without a copy. Knows nothing of tokens or trees.
 *
 * The buffers are allocated whole; pages that are never written cost address space, not memory.
 */
export class KvArena {
  /** Slots handed out so far: the next one is `used`. */
  used = 0;
  private readonly buffers: KvNumbers[];
  private readonly widths: number[];

  constructor(
    readonly layout: KvLayout,
    readonly capacity: number,
  ) {
    const Numbers = layout.type === "float32" ? Float32Array : Uint16Array;
    this.widths = layout.parts.map((part) => part.heads * part.headDim);
    this.buffers = this.widths.map((width) => new Numbers(capacity * width));
  }

  /** Rows `from` to `to` of one part, `[to - from, heads, headDim]`, sharing the arena's memory. */
  view(part: number, from: number, to: number): KvNumbers {
    const width = this.widths[part];
    return this.buffers[part].subarray(from * width, to * width);
  }

  /**
   * Keeps two ascending lists of slots and forgets the others: `first` slides down to slot 0, `last` follows it.
   * Returns how many slots are kept in front of `last`.
   */
  compact(first: readonly number[], last: readonly number[]): number {
    this.buffers.forEach((buffer, part) => {
      const width = this.widths[part];
      const tail = gatherRows(buffer, width, last);
      slideDown(buffer, width, first);
      buffer.set(tail, first.length * width);
    });
    this.used = first.length + last.length;
    return first.length;
  }
}

function gatherRows(buffer: KvNumbers, width: number, slots: readonly number[]): KvNumbers {
  const rows = buffer.slice(0, slots.length * width);
  forEachRun(slots, (at, from, length) => {
    rows.set(buffer.subarray(from * width, (from + length) * width), at * width);
  });
  return rows;
}

function slideDown(buffer: KvNumbers, width: number, slots: readonly number[]): void {
  forEachRun(slots, (at, from, length) => {
    if (at !== from) buffer.copyWithin(at * width, from * width, (from + length) * width);
  });
}

/** Visits the stretches of consecutive slots in an ascending list: position in the list, first slot, length. */
function forEachRun(
  slots: readonly number[],
  visit: (at: number, from: number, length: number) => void,
): void {
  let at = 0;
  while (at < slots.length) {
    let length = 1;
    while (slots[at + length] === slots[at] + length) length++;
    visit(at, slots[at], length);
    at += length;
  }
}
