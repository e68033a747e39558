import { ModelError } from "../../core/errors.js";
import { assertPrefix } from "../../core/prompt.js";
import type { LanguageModel, Tokens } from "../../core/types.js";
import type { Backend } from "../backend/backend.js";
import { recurrentReader } from "../recurrent/recurrentReader.js";
import { transformerReader } from "../transformer/transformerReader.js";
import type { TrainableModel } from "./trainable.js";

export interface LanguageModelOptions {
  /** The name in error messages. Default the architecture. */
  readonly name?: string;
  /**
   * Whether a transformer reads only the last `contextLength` tokens of a longer prefix, as nanoGPT's `generate` does.
   * Then `contextLength` is 2^31 - 1. Default false: a longer prefix is an error.
   */
  readonly slidingWindow?: boolean;
  /** Whether `dispose` frees the weights too. Default false: they stay with the trainable model. */
  readonly ownsWeights?: boolean;
}

/**
 * A trainable model as a function from prefixes to rows of logits, for every decoder, trace and table. It keeps what it
 * has read, so make a new one after the weights have changed; that costs nothing.
 */
export function asLanguageModel(
  { tf }: Backend,
  model: TrainableModel,
  options: LanguageModelOptions = {},
): LanguageModel {
  const { name = model.config.architecture, slidingWindow = false, ownsWeights = false } = options;
  const { config } = model;
  const { architecture, vocabSize, contextLength: window } = config;
  const slides = slidingWindow && architecture === "gpt2";
  const contextLength = slides ? 2 ** 31 - 1 : window;
  const reader =
    config.architecture === "gpt2" ? transformerReader(tf, model, config) : recurrentReader(tf, model);
  let disposed = false;

  function check(tokens: Tokens, signal?: AbortSignal): void {
    if (disposed) throw new ModelError(name, "has been disposed");
    signal?.throwIfAborted();
    assertPrefix(tokens, { vocabSize, contextLength });
  }

  return {
    vocabSize,
    contextLength,
    async nextLogits(prefixes, signal) {
      for (const prefix of prefixes) check(prefix, signal);
      return reader.next(slides ? prefixes.map((prefix) => prefix.slice(-window)) : prefixes, signal);
    },
    async allLogits(tokens, signal) {
      check(tokens, signal);
      if (!slides || tokens.length <= window) return reader.all(tokens, signal);
      const first = await reader.all(tokens.slice(0, window), signal);
      const later = Array.from({ length: tokens.length - window }, (_, i) =>
        tokens.slice(i + 1, i + 1 + window),
      );
      return [...first, ...(await reader.next(later, signal))];
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      await reader.dispose();
      if (ownsWeights) model.dispose();
    },
  };
}
