import path from "node:path";
import type { StoredLayer, StoredMatrix, WeightsIndex } from "../gguf/weightsIndex.js";
import type { KvLayout } from "../prefixes/kvArena.js";
import type { TreeGraph, TreeInput, TreeOutput } from "../prefixes/treeRunner.js";
import {
  loadModule,
  type NativeDecoder,
  type NativeLayer,
  type NativeModule,
  type PRECISION,
} from "./module.js";
import { WeightsReader } from "./readWeights.js";

/** Numbers that the module computes with at once: widths are multiples of it. */
const VECTOR = 16;

/**
 * The decoder that set-up has compiled, over the weights of a directory that the GGUF converter wrote.
 * @param directory with the file of weights
 * @param threads that one run may use
 * @param module of `lib/native`, or why it can't be had
 * @returns why it can't be had, if it can't
 */
export function openDecoder(
  directory: string,
  index: WeightsIndex,
  precision: keyof typeof PRECISION,
  threads: number,
  module = loadModule(),
): TreeGraph | string {
  const { width, headSize, feedForward } = index.shape;
  for (const [field, size] of Object.entries({ width, headSize, feedForward })) {
    if (size % VECTOR !== 0) return `its ${field}, ${size}, is no multiple of ${VECTOR}`;
  }
  if (typeof module === "string") return module;
  if (precision === "fast" && !module.hasFast) return "the processor has no instructions for `fast`";
  const weights = new WeightsReader(module, precision, path.join(directory, index.location));
  try {
    const type = precision === "fast" ? "float16" : "float32";
    return treeGraph(module, createDecoder(module, weights, index, threads), index, type);
  } finally {
    weights.close();
  }
}

function createDecoder(
  module: NativeModule,
  weights: WeightsReader,
  index: WeightsIndex,
  threads: number,
): NativeDecoder {
  const { width, heads, kvHeads, headSize, feedForward, normEpsilon } = index.shape;
  const stack = (matrices: readonly StoredMatrix[]) => matrices.map((matrix) => weights.matrix(matrix));
  const layer = (stored: StoredLayer): NativeLayer => ({
    attentionNorm: weights.vector(stored.attentionNorm),
    queriesKeysValues: stack(stored.queriesKeysValues),
    attentionOutput: stack(stored.attentionOutput),
    feedForwardNorm: weights.vector(stored.feedForwardNorm),
    gateUp: stack(stored.gateUp),
    down: stack(stored.down),
  });
  const model = {
    ...{ width, heads, kvHeads, headSize, feedForward, normEpsilon },
    embedding: weights.matrix(index.embedding),
    layers: index.layers.map(layer),
    outputNorm: weights.vector(index.outputNorm),
    head: stack(index.head),
    cosines: weights.floats(index.cosines),
    sines: weights.floats(index.sines),
  };
  return module.createDecoder(model, threads);
}

/** How the converter's graphs, which want `float32`, and this decoder keep their cache. */
export function cacheLayout({ shape, pageSize }: WeightsIndex, type: KvLayout["type"]): KvLayout {
  const part = { heads: shape.kvHeads, headDim: shape.headSize };
  return { parts: Array.from({ length: 2 * shape.layers }, () => part), type, pageSize };
}

/** Rooms for rows that are kept to be filled again, at most. */
const SPARE = 64;

/** Room that the decoder fills: what is left of earlier rows, or new, which begins without zeros to save time. */
class Rooms {
  private readonly spare: ArrayBuffer[] = [];

  take(length: number): Float32Array {
    const bytes = length * Float32Array.BYTES_PER_ELEMENT;
    const at = this.spare.findLastIndex(({ byteLength }) => byteLength === bytes);
    const [found] = at < 0 ? [] : this.spare.splice(at, 1);
    return new Float32Array(found ?? Buffer.allocUnsafeSlow(bytes).buffer);
  }

  give(buffers: readonly ArrayBuffer[]): void {
    this.spare.push(...buffers.slice(0, SPARE - this.spare.length));
  }
}

function treeGraph(
  module: NativeModule,
  decoder: NativeDecoder,
  index: WeightsIndex,
  type: KvLayout["type"],
): TreeGraph {
  const { vocabSize, width } = index.shape;
  const layout = cacheLayout(index, type);
  const rooms = new Rooms();
  return {
    layout,
    readsSeenAlone: true,
    async run({
      tokens,
      positions,
      asked,
      cache,
      slots,
      sights,
      withHidden,
      layers,
    }: TreeInput): Promise<TreeOutput> {
      const rows = (count: number, length: number) => Array.from({ length: count }, () => rooms.take(length));
      const logits = rows((1 + layers.length) * asked.length, vocabSize);
      const hidden = withHidden ? rows(asked.length, width) : undefined;
      const input = {
        tokens: Int32Array.from(tokens),
        positions: Int32Array.from(positions),
        asked: Int32Array.from(asked),
        layers: Int32Array.from(layers),
        cache: cache.all,
        pageSize: layout.pageSize,
        slots: Int32Array.from(slots),
        sights,
      };
      module.read(decoder, input, { logits, hidden });
      return { logits, isForKeeps: true, ...(hidden && { hidden }) };
    },
    reuse: (spare) => rooms.give(spare),
  };
}
