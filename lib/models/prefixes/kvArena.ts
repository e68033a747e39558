/** The key or the value tensor of one attention layer: each token adds one row of `heads * headDim` numbers. */
export interface KvPart {
  readonly heads: number;
  readonly headDim: number;
}

/** What a graph keeps per token. `float16` rows are carried as their 16-bit patterns. */
export interface KvLayout {
  readonly parts: readonly KvPart[];
  readonly type: "float32" | "float16";
  /** Tokens whose rows lie together, head by head; 1 where each token's heads do. */
  readonly pageSize: number;
}

export type KvNumbers = Float32Array | Uint16Array;

/** Bytes that one cached token takes. */
export function bytesPerToken(layout: KvLayout): number {
  const width = layout.type === "float32" ? 4 : 2;
  return layout.parts.reduce((sum, part) => sum + part.heads * part.headDim * width, 0);
}

/**
 * Storage for cached keys and values: one buffer per part, laid out `[page, heads, pageSize, headDim]`, so that the
 * pages of the slots `from` to `to` are one contiguous view that a graph reads without a copy. Knows nothing of tokens
 * or trees.
 *
 * The buffers are allocated whole, in full pages; memory that is never written costs address space alone.
 */
export class KvArena {
  /** Slots handed out so far: the next one is `used`. */
  used = 0;
  private readonly buffers: KvNumbers[];

  constructor(
    readonly layout: KvLayout,
    readonly capacity: number,
  ) {
    const Numbers = layout.type === "float32" ? Float32Array : Uint16Array;
    this.buffers = layout.parts.map((part) => new Numbers(this.pagesUpTo(capacity) * this.pageLength(part)));
  }

  /** The pages of one part from `firstPage` on, `[count, heads, pageSize, headDim]`, sharing the arena's memory. */
  pages(part: number, firstPage: number, count: number): KvNumbers {
    const length = this.pageLength(this.layout.parts[part]);
    return this.buffers[part].subarray(firstPage * length, (firstPage + count) * length);
  }

  /** All pages of one part. */
  whole(part: number): KvNumbers {
    return this.buffers[part];
  }

  /** All pages of all parts. */
  get all(): readonly KvNumbers[] {
    return this.buffers;
  }

  /** Copies new keys and values, `[parts * heads, S, headDim]`, into the slots of those that have one. */
  keep(slots: readonly number[], fresh: KvNumbers): void {
    let from = 0;
    this.layout.parts.forEach(({ heads, headDim }, part) => {
      const rows = this.buffers[part];
      for (let head = 0; head < heads; head++) {
        for (const slot of slots) {
          if (slot >= 0) rows.set(fresh.subarray(from, from + headDim), this.rowStart(part, slot, head));
          from += headDim;
        }
      }
    });
  }

  /** Where the `headDim` numbers of one head of one slot begin in its part. */
  rowStart(part: number, slot: number, head: number): number {
    return rowStart(this.layout.parts[part], this.layout.pageSize, slot, head);
  }

  /** How many pages hold the slots in front of `slot`. */
  pagesUpTo(slot: number): number {
    return Math.ceil(slot / this.layout.pageSize);
  }

  /**
   * Keeps two ascending lists of slots and forgets the others: `first` slides down to slot 0, `last` follows it.
   * Returns how many slots are kept in front of `last`.
   */
  compact(first: readonly number[], last: readonly number[]): number {
    const Numbers = this.layout.type === "float32" ? Float32Array : Uint16Array;
    this.buffers.forEach((buffer, part) => {
      const shape = this.layout.parts[part];
      const tail = new Numbers(this.pagesUpTo(last.length) * this.pageLength(shape));
      const tailSlots = last.map((_, at) => at);
      this.move(shape, buffer, last, tail, 0);
      this.move(shape, buffer, first, buffer, 0);
      this.move(shape, tail, tailSlots, buffer, first.length);
    });
    this.used = first.length + last.length;
    return first.length;
  }

  /** Copies ascending slots to those from `to` on. In one buffer no slot may lie in front of its target. */
  private move(part: KvPart, from: KvNumbers, slots: readonly number[], target: KvNumbers, to: number): void {
    const { pageSize } = this.layout;
    forEachRun(slots, to, pageSize, (at, slot, length) => {
      for (let head = 0; head < part.heads; head++) {
        const start = rowStart(part, pageSize, slot, head);
        const rows = from.subarray(start, start + length * part.headDim);
        target.set(rows, rowStart(part, pageSize, at, head));
      }
    });
  }

  private pageLength({ heads, headDim }: KvPart): number {
    return this.layout.pageSize * heads * headDim;
  }
}

function rowStart({ heads, headDim }: KvPart, pageSize: number, slot: number, head: number): number {
  const within = slot % pageSize;
  return ((slot - within) * heads + head * pageSize + within) * headDim;
}

/**
 * Visits the stretches of consecutive slots in an ascending list, cut where they or their targets begin a page: first
 * target, first slot, length.
 */
function forEachRun(
  slots: readonly number[],
  to: number,
  pageSize: number,
  visit: (at: number, from: number, length: number) => void,
): void {
  for (let i = 0; i < slots.length; ) {
    const from = slots[i];
    const at = to + i;
    const room = pageSize - Math.max(from % pageSize, at % pageSize);
    let length = 1;
    while (length < room && slots[i + length] === from + length) length++;
    visit(at, from, length);
    i += length;
  }
}
