import { OptionError } from "../../core/errors.js";
import { hasHiddenStates } from "../../core/hiddenStates.js";
import { layerLogitsOf } from "../../core/layerLogits.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import { hasPrefixCache } from "../../core/prefixCaching.js";
import { assertPrefix } from "../../core/prompt.js";
import { rowReuseOf } from "../../core/rowReuse.js";
import type { HiddenStates, LanguageModel, PrefixCaching } from "../../core/types.js";
import { Scheduler } from "./scheduler.js";

export interface BatchedOptions {
  /** The most tokens of new prompts that one step reads; longer ones are read between steps. Default 128. */
  readonly promptTokens?: number;
  /** The most rows of one call. Default 16. */
  readonly maxRows?: number;
}

const names: OptionNames<BatchedOptions> = { promptTokens: true, maxRows: true };

/**
 * The model, with the calls that wait at the same moment put together: decoders that run side by side share one call
 * for each step, and a long new prompt doesn't hold the others up (continuous batching: Yu et al. 2022, with prompts
 * read in chunks: Agrawal et al. 2023). Everything that the model tells beside its scores is asked of it directly.
 * Disposing of it disposes of the model.
 * @throws OptionError for a number below 1
 */
export function batchedModel(model: LanguageModel, options: BatchedOptions = {}): LanguageModel {
  assertKnownOptions(options, names);
  const { promptTokens = 128, maxRows = 16 } = options;
  for (const [name, value] of Object.entries({ promptTokens, maxRows })) {
    if (!Number.isInteger(value) || value < 1) throw new OptionError(name, value, "a whole number from 1");
  }
  const scheduler = new Scheduler(model, promptTokens, maxRows);
  const states: Partial<HiddenStates> = hasHiddenStates(model)
    ? { nextStates: (prefixes, signal) => model.nextStates(prefixes, signal) }
    : {};
  const cache: Partial<PrefixCaching> = hasPrefixCache(model)
    ? { cachedLengths: (texts) => model.cachedLengths(texts) }
    : {};
  return {
    vocabSize: model.vocabSize,
    contextLength: model.contextLength,
    async nextLogits(prefixes, signal) {
      signal?.throwIfAborted();
      // Checked here, so that a text that can't be read fails alone.
      for (const prefix of prefixes) assertPrefix(prefix, model);
      return prefixes.length === 0 ? [] : scheduler.rows(prefixes, signal);
    },
    allLogits: (tokens, signal) => model.allLogits(tokens, signal),
    dispose: () => model.dispose(),
    ...states,
    ...layerLogitsOf(model),
    ...rowReuseOf(model),
    ...cache,
  };
}
