import type { Placement, Weight, WeightFile } from "../onnx/weights.js";
import type { SupportedType } from "./ggml.js";
import { headPart, type LayerParts, layerParts, partOf } from "./layerParts.js";
import type { LlamaShape } from "./llama.js";
import {
  floatWeight,
  type Matrix,
  type MatrixPart,
  numbersWeight,
  offsetsWeight,
  scalesWeight,
  stack,
  stackAlike,
} from "./matrix.js";
import { isBlockType } from "./pack.js";
import type { GgufFile } from "./reader.js";
import { ropeWeights } from "./rope.js";
import { PAGE, rotationScale } from "./tree.js";

/** Name of the index, beside the file of weights. */
export const WEIGHTS_INDEX = "weights.json";

/** Where a matrix lies: its numbers as MatMulNBits has them, or plain ones; then the scale and offset of each block. */
export interface StoredMatrix {
  readonly type: SupportedType;
  readonly rows: number;
  readonly columns: number;
  readonly numbers: Placement;
  readonly scales?: Placement;
  readonly offsets?: Placement;
}

export type StoredLayer = Readonly<Record<keyof LayerParts, readonly StoredMatrix[]>> & {
  readonly attentionNorm: StoredMatrix;
  readonly feedForwardNorm: StoredMatrix;
};

/** A model's shape, and where its weights lie in the file that its graphs share: what it takes to run it without them. */
export interface WeightsIndex {
  /** Name of the file of weights. */
  readonly location: string;
  readonly shape: LlamaShape;
  /** Tokens in a page of the cache. */
  readonly pageSize: number;
  readonly embedding: StoredMatrix;
  readonly layers: readonly StoredLayer[];
  readonly outputNorm: StoredMatrix;
  readonly head: readonly StoredMatrix[];
  /** Of the rotation, float32 [context length, half a head], scaled as the keys in the cache are. */
  readonly cosines: Placement;
  readonly sines: Placement;
}

/** Indexes the weights of a tree graph. Those that no graph has asked for yet are placed too. */
export function weightsIndex(file: GgufFile, shape: LlamaShape, weights: WeightFile): WeightsIndex {
  const matrix = (name: string) => stored(weights, stack(file, name, [partOf(file, name)]));
  const linear = ({ name, parts }: { name: string; parts: readonly [MatrixPart, ...MatrixPart[]] }) =>
    stackAlike(file, name, parts).map((stacked) => stored(weights, stacked));
  const rope = ropeWeights(file, shape, rotationScale(shape));
  return {
    location: weights.location,
    shape,
    pageSize: PAGE,
    embedding: matrix("token_embd"),
    layers: Array.from({ length: shape.layers }, (_, layer) => {
      const parts = layerParts(file, shape, layer);
      return {
        attentionNorm: matrix(`blk.${layer}.attn_norm`),
        queriesKeysValues: linear(parts.queriesKeysValues),
        attentionOutput: linear(parts.attentionOutput),
        feedForwardNorm: matrix(`blk.${layer}.ffn_norm`),
        gateUp: linear(parts.gateUp),
        down: linear(parts.down),
      };
    }),
    outputNorm: matrix("output_norm"),
    head: linear({ name: "logits", parts: [headPart(file, shape)] }),
    cosines: placed(weights, rope.cos),
    sines: placed(weights, rope.sin),
  };
}

function stored(weights: WeightFile, matrix: Matrix): StoredMatrix {
  const { type, rows, columns } = matrix;
  const shape = { type, rows, columns };
  if (!isBlockType(type)) return { ...shape, numbers: placed(weights, floatWeight(matrix)) };
  return {
    ...shape,
    numbers: placed(weights, numbersWeight(matrix, type)),
    scales: placed(weights, scalesWeight(matrix, type)),
    ...(type === "Q4_1" && { offsets: placed(weights, offsetsWeight(matrix)) }),
  };
}

function placed(weights: WeightFile, weight: Weight): Placement {
  const { offset, length } = weights.place(weight);
  return { offset, length };
}
