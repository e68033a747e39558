import { ModelError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import { assertPrefix } from "../../core/prompt.js";
import type { LanguageModel, PrefixCaching, Tokens } from "../../core/types.js";
import type { Backend } from "../backend/backend.js";
import { recurrentReader } from "../recurrent/recurrentReader.js";
import { transformerReader } from "../transformer/transformerReader.js";
import type { TrainableModel } from "./trainable.js";

export interface LanguageModelOptions {
  /** The name in error messages. Default the architecture. */
  readonly name?: string;
  /** Whether `dispose` frees the weights too. Default false: they stay with the trainable model. */
  readonly ownsWeights?: boolean;
}

const names: OptionNames<LanguageModelOptions> = { name: true, ownsWeights: true };

/**
 * A trainable model as a function from prefixes to rows of logits, for every decoder, trace and table. It keeps what it
 * has read, so make a new one after the weights have changed; that costs nothing. `slidingWindow` goes past the end of a
 * transformer's context.
 */
export function asLanguageModel(
  { tf }: Backend,
  model: TrainableModel,
  options: LanguageModelOptions = {},
): LanguageModel {
  assertKnownOptions(options, names);
  const { config } = model;
  const { name = config.architecture, ownsWeights = false } = options;
  const { vocabSize, contextLength } = config;
  const reader =
    config.architecture === "gpt2" ? transformerReader(tf, model, config) : recurrentReader(tf, model);
  let disposed = false;

  function check(tokens: Tokens, signal?: AbortSignal): void {
    if (disposed) throw new ModelError(name, "has been disposed");
    signal?.throwIfAborted();
    assertPrefix(tokens, { vocabSize, contextLength });
  }

  const cache: Partial<PrefixCaching> =
    reader.cachedLength === undefined
      ? {}
      : { cachedLengths: async (texts) => texts.map((tokens) => reader.cachedLength!(tokens)) };
  return {
    ...cache,
    vocabSize,
    contextLength,
    async nextLogits(prefixes, signal) {
      for (const prefix of prefixes) check(prefix, signal);
      return reader.next(prefixes, signal);
    },
    async allLogits(tokens, signal) {
      check(tokens, signal);
      return reader.all(tokens, signal);
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      await reader.dispose();
      if (ownsWeights) model.dispose();
    },
  };
}
