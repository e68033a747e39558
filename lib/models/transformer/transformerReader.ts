import type * as tf from "@tensorflow/tfjs";
import type { Logits, Tokens } from "../../core/types.js";
import type { TensorFlow } from "../backend/backend.js";
import type { Reader } from "../trainable/reader.js";
import { takeRows } from "../trainable/takeRows.js";
import type { TrainableModel } from "../trainable/trainable.js";

/** How many tokens are read at once, padding included: enough to fill the cores, not the memory. */
const TOKENS_AT_ONCE = 4096;

/**
 * Reads prefixes from the start, several at once. Shorter ones are padded at their end, where causal attention never
 * looks. At the sizes that are trained here this beats a cache of keys and values.
 */
export function transformerReader(tf: TensorFlow, model: TrainableModel): Reader {
  const { vocabSize } = model.config;

  /** Logits [rows, vocab] at these positions of a padded batch. */
  function read(prefixes: readonly Tokens[], positionsOf: (row: Tokens) => number[]): Promise<Logits[]> {
    const length = prefixes.reduce((longest, { length }) => Math.max(longest, length), 0);
    const tokens = new Int32Array(prefixes.length * length);
    for (const [row, prefix] of prefixes.entries()) tokens.set(prefix, row * length);
    const wanted = prefixes.flatMap((prefix, row) => positionsOf(prefix).map((at) => row * length + at));
    const rows = tf.tidy(() => {
      const inputs = tf.tensor2d(tokens, [prefixes.length, length], "int32");
      const { logits } = model.forward(inputs, [], { training: false });
      const flat = logits.reshape<tf.Tensor2D>([prefixes.length * length, vocabSize]);
      return tf.gather(flat, tf.tensor1d(wanted, "int32"));
    });
    return takeRows(rows);
  }

  return {
    async next(prefixes, signal) {
      const longest = prefixes.reduce((length, prefix) => Math.max(length, prefix.length), 1);
      const atOnce = Math.max(1, Math.floor(TOKENS_AT_ONCE / longest));
      const rows: Logits[] = [];
      for (let from = 0; from < prefixes.length; from += atOnce) {
        signal?.throwIfAborted();
        rows.push(...(await read(prefixes.slice(from, from + atOnce), ({ length }) => [length - 1])));
      }
      return rows;
    },
    all: (tokens) => read([tokens], ({ length }) => Array.from({ length }, (_, at) => at)),
    dispose() {},
  };
}
