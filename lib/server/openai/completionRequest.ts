import { z } from "zod";
import { closedObject, countField } from "../../decoding/schema.js";
import { extensionField } from "./extension.js";
import { countWithin, flagField, onlyValues, samplingFields, textField } from "./fields.js";

const promptRule = { error: "a text, a list of texts, a list of token ids, or a list of such lists" };
const ids = z.array(countField(0), promptRule).min(1, promptRule);

/** The body of POST /v1/completions. */
export const completionRequest = closedObject({
  prompt: z
    .union(
      [
        textField,
        z.array(textField, promptRule).min(1, promptRule),
        ids,
        z.array(ids, promptRule).min(1, promptRule),
      ],
      promptRule,
    )
    .describe(
      "What to continue. Texts are tokenized as they stand: special tokens are recognised, none are added.",
    ),
  ...samplingFields,
  max_tokens: countWithin(0, 2 ** 31).describe("The most tokens to generate. Default 16."),
  echo: flagField.describe("Begin each answer with its prompt."),
  logprobs: countWithin(0, 20).describe(
    "Tell each token's log-probability, and so many of the likeliest ones; with `echo` of the prompt's tokens too.",
  ),
  best_of: onlyValues([1], "answers are not ranked; a recipe with beams ranks them"),
  suffix: onlyValues([], "models here only continue a text"),
  logitbook: extensionField,
}).meta({ id: "CompletionRequest" });

export type CompletionRequest = z.infer<typeof completionRequest>;
