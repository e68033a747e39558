import { z } from "zod";
import { nearestName } from "../../core/nearest.js";
import { constraintField } from "../constraint/field.js";
import { processorSchema, processorTypes } from "../processors/index.js";
import { closedObject, countField, toZod } from "../schema.js";

const seconds = { error: "a number of seconds above 0, or null for no limit" };
const texts = { error: 'a list of texts, such as ["END"]' };
const stopText = { error: "a text that is not empty" };

const scale = { error: "a number from 0" };
const negative = { error: "a text, a list of token ids, or null" };

const guidanceField = closedObject({
  scale: z
    .number(scale)
    .min(0, scale)
    .describe("How far to go from the negative prompt's scores to the prompt's: 1 is the prompt alone."),
  negativePrompt: z
    .union([z.string(negative), z.array(countField(0))], negative)
    .nullable()
    .default(null)
    .describe("What to keep away from, as text or token ids; null for the prompt's last token alone."),
});

/** The schema's side of `CommonRecipe`. */
const commonFields = {
  maxNewTokens: countField(1).default(64).describe("The most tokens to generate."),
  maxTime: z
    .number(seconds)
    .positive(seconds)
    .nullable()
    .default(null)
    .describe("Seconds after which no further token is begun; null for no limit."),
  stopStrings: z
    .array(z.string(stopText).min(1, stopText), texts)
    .default([])
    .describe("Texts that end a sequence; they are generated, but cut from its text."),
  guidance: guidanceField
    .nullable()
    .default(null)
    .describe("Classifier-free guidance: pushes the scores away from those of a negative prompt."),
  constraint: constraintField
    .nullable()
    .default(null)
    .describe("Holds the text to a JSON Schema, a regular expression, a list of choices or a grammar."),
  seed: countField(0, " to 2^53 - 1").default(0).describe("The same seed gives the same tokens."),
  processors: z
    .array(toZod(processorSchema), { error: 'a list of processors, such as [{"type":"topK","k":50}]' })
    .default([])
    .describe("Rewrite the scores before the choice, from first to last."),
};

/** By method. */
const ownFields = new Map<string, readonly string[]>();

/** A recipe's schema: its method, the fields that are its own, and those that every method has. */
export function recipeObject<Name extends string, Own extends z.ZodRawShape>(method: Name, own: Own) {
  ownFields.set(method, Object.keys(own));
  const elsewhere = (field: string) => amongProcessors(field) ?? inOtherMethods(field, method);
  return closedObject({ method: z.literal(method), ...own, ...commonFields }, { elsewhere });
}

function inOtherMethods(field: string, method: string): string | undefined {
  const others = [...ownFields].filter(([, fields]) => fields.includes(field)).map(([name]) => name);
  return others.length > 0 ? `left out with the method ${method}: it is for ${others.join(", ")}` : undefined;
}

/** Other libraries take `temperature` or `top_p` beside the method. */
function amongProcessors(field: string): string | undefined {
  const type = nearestName(field, processorTypes);
  if (type === undefined) return undefined;
  return `an entry of \`processors\`, as in "processors": [{ "type": "${type}", … }], not a field of the recipe`;
}
