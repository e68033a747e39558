import type { GraphBuilder } from "../onnx/graph.js";
import type { Weight } from "../onnx/weights.js";
import { dequantize } from "./dequantize.js";
import type { LlamaShape } from "./llama.js";
import { bytesOf, weight } from "./matrix.js";
import { type GgufFile, readableTensor } from "./reader.js";

/** Names of the cosine and sine tables, [context length, half a head]. */
export interface RopeTables {
  readonly cos: string;
  readonly sin: string;
}

/**
 * Adds the tables of rotary position embedding (Su et al. 2021). Angles are rounded to float32 like the reference
 * implementation's, so that far positions agree with it.
 * @param scale what the rotation multiplies a head by
 */
export function ropeTables(graph: GraphBuilder, file: GgufFile, shape: LlamaShape, scale = 1): RopeTables {
  const { cos, sin } = ropeWeights(file, shape, scale);
  return { cos: graph.weight(cos), sin: graph.weight(sin) };
}

/** The same tables, for a file of weights. */
export function ropeWeights(
  file: GgufFile,
  shape: LlamaShape,
  scale: number,
): Record<keyof RopeTables, Weight> {
  const size = [shape.contextLength, shape.headSize / 2];
  const table = (name: string, wave: (angle: number) => number) =>
    weight(name, "float", size, async () =>
      waveTable(await frequencies(file, shape), size[0], (angle) => scale * wave(angle)),
    );
  return { cos: table("rope.cos", Math.cos), sin: table("rope.sin", Math.sin) };
}

function waveTable(rates: Float32Array, positions: number, wave: (angle: number) => number): Uint8Array {
  const table = new Float32Array(positions * rates.length);
  for (let position = 0; position < positions; position++) {
    rates.forEach((rate, i) => {
      table[position * rates.length + i] = wave(Math.fround(position * rate));
    });
  }
  return bytesOf(table);
}

/** Radians per position of each pair, slowed down by linear scaling and by the file's own factors, if any. */
async function frequencies(file: GgufFile, shape: LlamaShape): Promise<Float32Array> {
  const half = shape.headSize / 2;
  const factors = file.tensors.has("rope_freqs.weight")
    ? readableTensor(file, "rope_freqs.weight")
    : undefined;
  const slowing = factors
    ? dequantize(factors.type, await file.read(factors))
    : new Float32Array(half).fill(1);
  return slowing.map((factor, i) => {
    const rate = 1 / Math.fround(shape.ropeTheta ** (i / half));
    return rate / (factor * shape.ropeScale);
  });
}

/**
 * The order that turns GGUF's query and key rows into the model's own. llama.cpp rotates neighbours (0,1), (2,3),
 * and stores rows for that; the graphs rotate halves (0, n/2), (1, n/2 + 1), as the model was trained.
 * @returns for each row of the result its row in the file
 */
export function halvesOrder(heads: number, headSize: number): Int32Array {
  const half = headSize / 2;
  return Int32Array.from({ length: heads * headSize }, (_, row) => {
    const head = Math.floor(row / headSize);
    const within = row % headSize;
    return head * headSize + 2 * (within % half) + Math.floor(within / half);
  });
}
