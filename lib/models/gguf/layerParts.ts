import type { LlamaShape } from "./llama.js";
import type { MatrixPart } from "./matrix.js";
import { type GgufFile, readableTensor } from "./reader.js";
import { halvesOrder } from "./rope.js";

/** Tensors that read the same input, and the name of what they make of it side by side. */
export interface LinearParts {
  readonly name: string;
  readonly parts: readonly [MatrixPart, ...MatrixPart[]];
}

/** The linear layers of one layer of a llama model. */
export interface LayerParts {
  readonly queriesKeysValues: LinearParts;
  readonly attentionOutput: LinearParts;
  readonly gateUp: LinearParts;
  readonly down: LinearParts;
}

/** Rows of queries and keys come in the order in which the model rotates them. */
export function layerParts(file: GgufFile, shape: LlamaShape, layer: number): LayerParts {
  const part = (name: string) => partOf(file, `blk.${layer}.${name}`);
  const named = (name: string, ...parts: LinearParts["parts"]) => ({ name: `blk.${layer}.${name}`, parts });
  return {
    queriesKeysValues: named(
      "attn_qkv",
      { ...part("attn_q"), order: halvesOrder(shape.heads, shape.headSize) },
      { ...part("attn_k"), order: halvesOrder(shape.kvHeads, shape.headSize) },
      part("attn_v"),
    ),
    attentionOutput: named("attn_output", part("attn_output")),
    gateUp: named("ffn_gate_up", part("ffn_gate"), part("ffn_up")),
    down: named("ffn_down", part("ffn_down")),
  };
}

/** The output layer, which may be the embedding table. */
export function headPart(file: GgufFile, shape: LlamaShape): MatrixPart {
  return partOf(file, shape.tiedHead ? "token_embd" : "output");
}

/** A tensor of the file by its name there, without the ending. */
export function partOf(file: GgufFile, name: string): MatrixPart {
  return { tensor: readableTensor(file, `${name}.weight`) };
}
