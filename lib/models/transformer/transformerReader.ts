import type { Tokens } from "../../core/types.js";
import type { TensorFlow } from "../backend/backend.js";
import { Engine } from "../prefixes/engine.js";
import { bytesPerToken } from "../prefixes/kvArena.js";
import { TreeRunner } from "../prefixes/treeRunner.js";
import type { Reader } from "../trainable/reader.js";
import { takeRows } from "../trainable/takeRows.js";
import type { TrainableModel } from "../trainable/trainable.js";
import type { TransformerConfig } from "./config.js";
import { transformerTree } from "./transformerTree.js";

interface CacheLimits {
  /** Bytes of keys and values that are kept, as long as they hold one reading. The longest unused go first. */
  readonly bytes: number;
  /** Distinct tokens of the texts that are read at once: each is scored against all, if only to be masked. */
  readonly tokensAtOnce: number;
}

const LIMITS: CacheLimits = { bytes: 64 * 2 ** 20, tokensAtOnce: 2048 };

/**
 * Reads prefixes from the longest beginning that has been read before, by cached keys and values: a step of a decoder
 * pays for its new tokens only. Prefixes that share a beginning share its reading.
 */
export function transformerReader(
  tf: TensorFlow,
  model: TrainableModel,
  config: TransformerConfig,
  limits = LIMITS,
): Reader {
  const graph = transformerTree(tf, config, model.weights);
  const atOnce = Math.max(config.contextLength, limits.tokensAtOnce);
  const capacity = Math.max(atOnce, Math.floor(limits.bytes / bytesPerToken(graph.layout)));
  const runner = new TreeRunner(graph, capacity);
  const engine = new Engine({
    capacity: atOnce,
    cachedLength: (tokens) => runner.cachedLength(tokens),
    rows: (requests, pause) => runner.rows(requests, pause),
  });
  let jobs = 0;

  return {
    async next(prefixes, signal) {
      const job = jobs++;
      const stop = () => engine.stop(job);
      signal?.addEventListener("abort", stop, { once: true });
      try {
        const requests = prefixes.map((tokens) => ({ tokens, firstRow: tokens.length - 1 }));
        return (await engine.rows(job, requests)).map(([row]) => row);
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      } finally {
        signal?.removeEventListener("abort", stop);
      }
    },
    /** One pass without the cache: every row is wanted, so that there is nothing to save. */
    all: (tokens: Tokens) =>
      takeRows(
        tf.tidy(() => {
          const inputs = tf.tensor2d([...tokens], [1, tokens.length], "int32");
          const { logits } = model.forward(inputs, [], { training: false });
          return logits.reshape([tokens.length, config.vocabSize]);
        }),
      ),
    cachedLength: (tokens) => runner.cachedLength(tokens),
    dispose: () => engine.close(),
  };
}
