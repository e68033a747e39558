import { assertKnownOptions, type OptionNames } from "../core/options.js";
import type { LanguageModel, Tokens } from "../core/types.js";
import { chain } from "./processors/chain.js";
import type { LogitsProcessor } from "./processors/types.js";
import { type DecodeLimits, limitNames } from "./rounds.js";
import { greedy, type Sampler } from "./samplers.js";
import { decodeSequences } from "./sequences.js";
import type { Sequence, Step } from "./step.js";

export interface DecodeOptions extends DecodeLimits {
  /** Rewrites the scores before the choice. Default: leaves them. */
  readonly process?: LogitsProcessor;
  /** Makes the choice. Default: greedy. */
  readonly sample?: Sampler;
}

const names: OptionNames<DecodeOptions> = { ...limitNames, process: true, sample: true };

/**
 * Decodes one token per step, and gives back the finished sequence at the end. Stop iterating to stop decoding.
 * Ends with `stop` at a stop token or when `stopWhen` says so, with `length` after `maxNewTokens` or when the model's
 * context is full, with `time` after `maxTime`.
 * @throws OptionError for a limit out of range; PromptError for an empty prompt or one that the model can't read;
 * LogitsError where no token can be chosen; the signal's reason once it is aborted
 * @example
 * for await (const step of decode(model, prompt, { maxNewTokens: 20, process: chain([topK(50), temperature(0.7)]),
 *   sample: multinomial(seededRandom(1)) })) console.log(step.token, step.logProb);
 */
export async function* decode(
  model: LanguageModel,
  prompt: Tokens,
  options: DecodeOptions,
): AsyncGenerator<Step, Sequence> {
  assertKnownOptions(options, names);
  const { process = chain([]), sample = greedy() } = options;
  const [sequence] = yield* decodeSequences(model, prompt, [{ process, sample }], options);
  return sequence as Sequence;
}
