import { OptionError, PromptError } from "../../core/errors.js";
import { assertPrefix } from "../../core/prompt.js";
import type { OpenModel, Tokens } from "../../core/types.js";
import { HttpError, promptCode } from "../errors.js";

/** @throws HttpError 400 that names `field` where a model can't read the prompt that it holds */
export function assertPrompt({ model }: OpenModel, prompt: Tokens, field: string): void {
  try {
    assertPrefix(prompt, model);
  } catch (error) {
    throw blamePrompt(error, field);
  }
}

/** An error about a prompt as one about the field that holds it; others as they are. */
export function blamePrompt(error: unknown, field: string): unknown {
  if (!(error instanceof PromptError)) return error;
  return new HttpError(400, error.message, { param: field, code: promptCode(error) }, { cause: error });
}

/** @throws OptionError for a bias on a token that the model doesn't have */
export function assertBiases(
  { model }: OpenModel,
  biases: Readonly<Record<string, number>> | null | undefined,
): void {
  const stranger = Object.keys(biases ?? {}).find((token) => Number(token) >= model.vocabSize);
  if (stranger === undefined) return;
  throw new OptionError("logit_bias", stranger, `given for ids below ${model.vocabSize}`);
}
