import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../backend/backend.js";
import { additiveMask } from "../prefixes/sight.js";
import { rowsIn, type TreeGraph, type TreeInput } from "../prefixes/treeRunner.js";
import { weightFinder } from "../trainable/namedWeights.js";
import { plainOperations } from "../trainable/plainOperations.js";
import type { TrainableModel } from "../trainable/trainable.js";
import { readBlocks, readHead } from "./blocks.js";
import type { TransformerConfig } from "./config.js";
import { POSITIONS, TOKENS } from "./weights.js";

/** A transformer as a decoder that reads a tree of tokens, its keys and values kept outside. */
export function transformerTree(
  tf: TensorFlow,
  { numLayers, numHeads, width }: TransformerConfig,
  weights: TrainableModel["weights"],
): TreeGraph {
  const weight = weightFinder(weights);
  const operations = plainOperations(tf);
  const headDim = width / numHeads;
  const layout = {
    parts: Array.from({ length: 2 * numLayers }, () => ({ heads: numHeads, headDim })),
    type: "float32" as const,
    pageSize: 1,
  };

  /** Logits [asked, vocabSize], and keys and values of the new tokens, [parts · heads, S, headDim]. */
  function read({ tokens, positions, asked, cache, past, sights }: TreeInput): tf.Tensor[] {
    const length = tokens.length;
    const pastLength = past.to - past.from;
    const mask = tf.tensor2d(additiveMask(sights, past), [length, pastLength + length]);
    const rowsOf = (table: string, ids: readonly number[]) =>
      tf.gather(weight<tf.Tensor2D>(table), tf.tensor1d([...ids], "int32"));
    const parts: tf.Tensor[] = [];
    /** The cached rows of a part and the new ones, [heads, T + S, headDim]. */
    const withPast = (fresh: tf.Tensor) => {
      const rows = cache.pages(parts.length, past.from, pastLength);
      const cached = tf.tensor(rows, [pastLength, numHeads, headDim]).transpose([1, 0, 2]);
      parts.push(fresh);
      return tf.concat([cached, fresh], 1);
    };
    const hidden = readBlocks(weights, numLayers, rowsOf(TOKENS, tokens).add(rowsOf(POSITIONS, positions)), {
      operations,
      attend(queriesKeysValues) {
        const [queries, keys, values] = tf
          .split(queriesKeysValues, 3, 1)
          .map((part) => part.reshape([length, numHeads, headDim]).transpose([1, 0, 2]));
        const scores = tf.matMul(queries, withPast(keys), false, true).div(Math.sqrt(headDim));
        return tf
          .matMul(tf.softmax(scores.add(mask)), withPast(values))
          .transpose([1, 0, 2])
          .reshape([length, width]);
      },
      drop: (x) => x,
    });
    const wanted = tf.gather(hidden, tf.tensor1d([...asked], "int32"));
    return [readHead(weights, wanted, operations), tf.concat(parts, 0)];
  }

  return {
    layout,
    readsSeenAlone: false,
    async run(input) {
      const tensors = tf.tidy(() => read(input));
      try {
        const [logits, fresh] = await Promise.all(tensors.map((tensor) => tensor.data<"float32">()));
        input.cache.keep(input.slots, fresh);
        return { logits: rowsIn(logits, input.asked.length), isForKeeps: false };
      } finally {
        tf.dispose(tensors);
      }
    },
  };
}
