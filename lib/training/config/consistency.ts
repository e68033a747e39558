import { OptionError } from "../../core/errors.js";
import type { RunConfig } from "./schema.js";

/** A rule over several fields: what is wrong, if anything. */
export type Consistency<T> = (
  config: T,
) => { readonly path: readonly string[]; readonly error: OptionError } | undefined;

/** Rules that tie several fields together; the first that is broken. */
export const assertFits: Consistency<RunConfig> = (config) => {
  const { model, training, tokenizer } = config;
  const broken = (field: string, value: unknown, rule: string) => ({
    path: field.split("."),
    error: new OptionError(field, value, rule),
  });
  if (model.architecture === "gpt2") {
    if (model.width % model.numHeads !== 0) {
      return broken("model.numHeads", model.numHeads, `a divisor of model.width (${model.width})`);
    }
    if (model.contextLength !== null && model.contextLength < training.length) {
      const rule = `training.length (${training.length}) or more`;
      return broken("model.contextLength", model.contextLength, rule);
    }
    if (training.batches === "streams") {
      return broken("training.batches", "streams", "another: a transformer carries no state");
    }
  }
  const otherCut = training.batches === null ? model.architecture === "gpt2" : training.batches !== "streams";
  if (training.restarts !== null && otherCut) {
    const rule = "null: only streams carry a state that a row could lose";
    return broken("training.restarts", training.restarts, rule);
  }
  if ("tieEmbedding" in model && model.tieEmbedding && model.embedSize !== model.hiddenSize) {
    const rule = `model.hiddenSize (${model.hiddenSize}), since the two are tied`;
    return broken("model.embedSize", model.embedSize, rule);
  }
  if (tokenizer.kind === "bpe" && tokenizer.vocabSize !== null && tokenizer.vocabSize < 257) {
    const rule = "a whole number from 257: 256 bytes and the end of text";
    return broken("tokenizer.vocabSize", tokenizer.vocabSize, rule);
  }
  if ((tokenizer.kind === "given") !== (model.architecture === "given")) {
    const rule = model.architecture === "given" ? "given: the model brings its own" : "char, word or bpe";
    return broken("tokenizer.kind", tokenizer.kind, rule);
  }
  if (tokenizer.kind === "char" && tokenizer.vocabSize !== null) {
    return broken("tokenizer.vocabSize", tokenizer.vocabSize, "null: every character is a token");
  }
  if (training.optimizer === "adam" && (training.weightDecay ?? 0) !== 0) {
    return broken("training.weightDecay", training.weightDecay, "null or 0 for adam: use adamw");
  }
  const { warmupSteps } = training.schedule;
  if (warmupSteps !== null && warmupSteps > training.steps) {
    const rule = `at most training.steps (${training.steps}), or null for a twentieth of them`;
    return broken("training.schedule.warmupSteps", warmupSteps, rule);
  }
  return undefined;
};
