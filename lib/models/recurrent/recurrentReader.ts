import type * as tf from "@tensorflow/tfjs";
import type { Logits, Tokens } from "../../core/types.js";
import type { TensorFlow } from "../backend/backend.js";
import type { Reader } from "../trainable/reader.js";
import { takeRows } from "../trainable/takeRows.js";
import type { TrainableModel } from "../trainable/trainable.js";
import { StateCache } from "./stateCache.js";

/** A long text is read in pieces of this many tokens, so that an abort is heard between them. */
const PIECE = 256;

/**
 * Reads prefixes from the longest beginning that has been read before: the state after it is all that the recurrence
 * remembers. Prefixes with equally many new tokens are read together.
 */
export function recurrentReader(tf: TensorFlow, model: TrainableModel): Reader {
  const cache = new StateCache(tf);
  const { vocabSize } = model.config;

  /** Logits after every token of equally long texts, from the given states: [batch, time, vocab]. */
  function readPiece(texts: readonly Tokens[], state: readonly tf.Tensor[]) {
    return tf.tidy(() => {
      const inputs = tf.tensor2d(texts.flat() as number[], [texts.length, texts[0].length], "int32");
      const { logits, state: after } = model.forward(inputs, state, { training: false });
      return { logits, state: [...after] };
    });
  }

  /**
   * The state after a number of equally long texts, and the logits [batch, vocab] after their last tokens. The state
   * that came in is disposed.
   */
  function readOn(texts: readonly Tokens[], before: readonly tf.Tensor[], signal?: AbortSignal) {
    let state = before;
    const length = texts[0].length;
    for (let at = 0; ; at += PIECE) {
      if (signal?.aborted) tf.dispose([...state]);
      signal?.throwIfAborted();
      const piece = readPiece(
        texts.map((text) => text.slice(at, at + PIECE)),
        state,
      );
      tf.dispose([...state]);
      state = piece.state;
      const read = piece.logits.shape[1];
      const last = tf.tidy(() => piece.logits.slice([0, read - 1], [-1, 1]).reshape([-1, vocabSize]));
      piece.logits.dispose();
      if (at + PIECE >= length) return { logits: last, state };
      last.dispose();
    }
  }

  return {
    async next(prefixes, signal) {
      const rows = new Array<Logits>(prefixes.length);
      let waiting = prefixes.map((prefix, index) => ({ prefix, index }));
      while (waiting.length > 0) {
        const fresh = waiting.map(({ prefix }) => prefix.length - cache.longest(prefix));
        const members = waiting.filter((_, i) => fresh[i] === fresh[0]);
        waiting = waiting.filter((_, i) => fresh[i] !== fresh[0]);
        const texts = members.map(({ prefix }) => prefix);
        const before = cache.gather(
          texts.map((text) => text.slice(0, text.length - fresh[0])),
          () => model.initialState(1),
        );
        const { logits, state } = readOn(
          texts.map((text) => text.slice(text.length - fresh[0])),
          before,
          signal,
        );
        await cache.scatter(texts, state);
        for (const [at, row] of (await takeRows(logits)).entries()) rows[members[at].index] = row;
      }
      return rows;
    },
    async all(tokens, signal) {
      const rows: Logits[] = [];
      let state = model.initialState(1);
      for (let at = 0; at < tokens.length; at += PIECE) {
        if (signal?.aborted) tf.dispose([...state]);
        signal?.throwIfAborted();
        const piece = readPiece([tokens.slice(at, at + PIECE)], state);
        tf.dispose([...state]);
        state = piece.state;
        const flat = piece.logits.reshape([-1, vocabSize]);
        piece.logits.dispose();
        rows.push(...(await takeRows(flat)));
      }
      tf.dispose([...state]);
      return rows;
    },
    dispose: () => cache.clear(),
  };
}
