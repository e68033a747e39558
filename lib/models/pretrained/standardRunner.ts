import type { InferenceSession, Tensor, TensorConstructor } from "onnxruntime-node";
import { halfToFloat } from "../../core/half.js";
import type { Logits, Tokens } from "../../core/types.js";
import type { KvLayout, KvNumbers } from "../prefixes/kvArena.js";
import { PrefixCache } from "../prefixes/prefixCache.js";
import type { PrefixNode } from "../prefixes/prefixTree.js";
import { CHUNK, type GraphRunner, type RowRequest } from "../prefixes/request.js";

/** Rows of one run at most: beyond this the copies cost more than the batch saves. */
const MAX_ROWS = 16;

/** What the runner needs to know of a graph in transformers.js layout. */
export interface StandardGraph {
  readonly session: InferenceSession;
  readonly Tensor: TensorConstructor;
  readonly layout: KvLayout;
  /** Names of the cache inputs and outputs, in the order of `layout.parts`. */
  readonly pastNames: readonly string[];
  readonly presentNames: readonly string[];
}

/** The texts of one run, all of one length: `new` tokens of each come after an equally long past. */
interface Batch {
  readonly paths: readonly (readonly PrefixNode[])[];
  readonly past: number;
  readonly fresh: number;
}

/** The cache tensors of the last run, and the nodes at which its texts ended. */
interface Presents {
  readonly ends: readonly PrefixNode[];
  readonly tensors: readonly Tensor[];
}

/**
 * Runs any decoder in transformers.js layout, whose cache goes in as `past_key_values.*` and comes out whole as
 * `present.*`. Such graphs rotate keys by their place in the row, so that padding a row would shift its cached
 * keys; hence a batch holds only texts whose pasts are equally long, and nothing is ever padded. A run that
 * carries on from the one before takes its cache tensors as they are; any other gathers its rows by copying.
 */
export class StandardRunner implements GraphRunner {
  private readonly cache: PrefixCache;
  private last: Presents | undefined;

  constructor(
    private readonly graph: StandardGraph,
    readonly capacity: number,
  ) {
    this.cache = new PrefixCache(graph.layout, capacity);
  }

  cachedLength(tokens: Tokens): number {
    return this.cache.cachedLength(tokens);
  }

  async rows(requests: readonly RowRequest[], pause: () => Promise<void>): Promise<Logits[][]> {
    const paths = this.cache.open(requests.map((request) => request.tokens));
    const rows = new Map<PrefixNode, Logits>();
    try {
      const single: (readonly PrefixNode[])[] = [];
      for (const [i, path] of paths.entries()) {
        const missing = missingFrom(path, requests[i].firstRow);
        if (missing === path.length - 1) single.push(path);
        else await this.prefill(path, missing, requests[i].firstRow, rows, pause);
      }
      for (const batch of batches(single.filter((path) => !rows.has(path.at(-1)!)))) {
        await pause();
        await this.run(batch, batch.past, rows);
      }
      return paths.map((path, i) => path.slice(requests[i].firstRow).map((node) => rows.get(node)!.slice()));
    } finally {
      this.cache.close(paths);
    }
  }

  /** Computes one text from position `from` on, alone, in chunks. */
  private async prefill(
    path: readonly PrefixNode[],
    from: number,
    firstRow: number,
    rows: Map<PrefixNode, Logits>,
    pause: () => Promise<void>,
  ): Promise<void> {
    for (let at = from; at < path.length; at += CHUNK) {
      if (at > from) await pause();
      const end = Math.min(at + CHUNK, path.length);
      await this.run(
        { paths: [path.slice(0, end)], past: at, fresh: end - at },
        Math.max(at, firstRow),
        rows,
      );
    }
  }

  /** One run of the graph. Adds the rows of all positions from `firstRow` on that the run computes. */
  private async run(batch: Batch, firstRow: number, rows: Map<PrefixNode, Logits>): Promise<void> {
    const { session, presentNames } = this.graph;
    this.cache.makeRoom(batch.paths.length * batch.fresh);
    const end = batch.past + batch.fresh;
    const output = await session.run({ ...this.pastFeeds(batch), ...this.tokenFeeds(batch, end - firstRow) });
    const tensors = presentNames.map((name) => readable(output[name]));
    this.store(batch, tensors);
    this.last = { ends: batch.paths.map((path) => path[end - 1]), tensors };
    const values = asFloat32(output.logits!.data);
    const [, kept = 1, width = 0] = output.logits!.dims;
    batch.paths.forEach((path, b) => {
      for (let position = firstRow; position < end; position++) {
        const at = (b * kept + kept - (end - position)) * width;
        rows.set(path[position], values.subarray(at, at + width));
      }
    });
  }

  private tokenFeeds({ paths, past, fresh }: Batch, wanted: number): Record<string, Tensor> {
    const { Tensor, session } = this.graph;
    const shape = [paths.length, fresh];
    const nodes = paths.flatMap((path) => path.slice(past, past + fresh));
    const int64 = (values: number[], dims: number[]) =>
      new Tensor("int64", BigInt64Array.from(values, BigInt), dims);
    const feeds: Record<string, Tensor> = {
      input_ids: int64(
        nodes.map((node) => node.token),
        shape,
      ),
      attention_mask: int64(new Array(paths.length * (past + fresh)).fill(1), [paths.length, past + fresh]),
      position_ids: int64(
        nodes.map((node) => node.position),
        shape,
      ),
      num_logits_to_keep: int64([Math.max(1, wanted)], []),
      use_cache_branch: new Tensor("bool", Uint8Array.of(past > 0 ? 1 : 0), [1]),
    };
    return Object.fromEntries(Object.entries(feeds).filter(([name]) => session.inputNames.includes(name)));
  }

  /** The cache of each text's first `past` tokens, `[B, heads, past, headDim]` a part. */
  private pastFeeds({ paths, past }: Batch): Record<string, Tensor> {
    const { Tensor, layout, pastNames } = this.graph;
    const { last } = this;
    const parents = paths.map((path) => path[past - 1]);
    if (last && last.ends.length === parents.length && parents.every((node, b) => node === last.ends[b])) {
      return Object.fromEntries(pastNames.map((name, part) => [name, last.tensors[part]]));
    }
    const feeds: Record<string, Tensor> = {};
    layout.parts.forEach(({ heads, headDim }, part) => {
      const rows = this.gather(paths, past, part);
      const shape = [paths.length, heads, past, headDim];
      feeds[pastNames[part]] = readable(new Tensor(layout.type, rows, shape));
    });
    return feeds;
  }

  private gather(paths: Batch["paths"], past: number, part: number): KvNumbers {
    const { heads, headDim } = this.graph.layout.parts[part];
    const { arena } = this.cache;
    const stored = arena.whole(part);
    const Numbers = stored.constructor as Float32ArrayConstructor | Uint16ArrayConstructor;
    const rows = new Numbers(paths.length * heads * past * headDim);
    let to = 0;
    for (const path of paths) {
      for (let head = 0; head < heads; head++) {
        for (let position = 0; position < past; position++, to += headDim) {
          const from = arena.rowStart(part, path[position].slot, head);
          rows.set(stored.subarray(from, from + headDim), to);
        }
      }
    }
    return rows;
  }

  /** Copies the rows that the run added from `present.*` into the cache, where a node has none yet. */
  private store({ paths, past, fresh }: Batch, tensors: readonly Tensor[]): void {
    const { arena } = this.cache;
    const claimed = paths.map((path) =>
      path.slice(past, past + fresh).map((node) => (node.slot < 0 ? this.cache.claim(node) : -1)),
    );
    this.graph.layout.parts.forEach(({ heads, headDim }, part) => {
      const stored = arena.whole(part);
      const present = bits(tensors[part].data, stored);
      claimed.forEach((slots, b) => {
        slots.forEach((slot, s) => {
          if (slot < 0) return;
          for (let head = 0; head < heads; head++) {
            const from = ((b * heads + head) * (past + fresh) + past + s) * headDim;
            stored.set(present.subarray(from, from + headDim), arena.rowStart(part, slot, head));
          }
        });
      });
    });
  }
}

/** First position of a path that has to be computed: not cached, or its row is wanted. */
function missingFrom(path: readonly PrefixNode[], firstRow: number): number {
  const uncached = path.findIndex((node) => node.slot < 0);
  return uncached < 0 ? firstRow : Math.min(uncached, firstRow);
}

/** Groups texts that lack only their last token by length, `MAX_ROWS` at most to a group. */
function batches(paths: readonly (readonly PrefixNode[])[]): Batch[] {
  const byLength = new Map<number, (readonly PrefixNode[])[]>();
  for (const path of paths) {
    const group = byLength.get(path.length) ?? [];
    // The same text asked for twice is computed once.
    if (!group.some((other) => other.at(-1) === path.at(-1))) group.push(path);
    byLength.set(path.length, group);
  }
  return [...byLength].flatMap(([length, group]) => {
    const groups: Batch[] = [];
    for (let at = 0; at < group.length; at += MAX_ROWS) {
      groups.push({ paths: group.slice(at, at + MAX_ROWS), past: length - 1, fresh: 1 });
    }
    return groups;
  });
}

/**
 * Where the runtime has Float16Array, tensors hold half-precision data as one, and onnxruntime-node 1.30 reads none
 * of it. It reads the same bits as a Uint16Array, which a tensor can only be given behind its back.
 */
function readable(tensor: Tensor): Tensor {
  if (tensor.type === "float16") Object.assign(tensor, { cpuData: bits(tensor.data, new Uint16Array()) });
  return tensor;
}

/** Half-precision tensors come as Uint16Array or, where the runtime has it, Float16Array: take their bits. */
function bits(data: Tensor["data"], like: KvNumbers): KvNumbers {
  if (like instanceof Float32Array) return data as Float32Array;
  const { buffer, byteOffset, length } = data as Uint16Array;
  return new Uint16Array(buffer, byteOffset, length);
}

function asFloat32(data: Tensor["data"]): Float32Array {
  if (data instanceof Float32Array) return data;
  return Float32Array.from(bits(data, new Uint16Array()), halfToFloat);
}
