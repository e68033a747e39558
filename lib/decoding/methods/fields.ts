import { z } from "zod";
import { nearestName } from "../../core/nearest.js";
import { constraintField } from "../constraint/field.js";
import { processorSchema, processorTypes, steersChance } from "../processors/index.js";
import { closedObject, countField, toZod } from "../schema.js";
import { meantField } from "./foreignNames.js";
import type { CommonRecipe } from "./types.js";

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

/** What a recipe may ask a model to compute side by side. */
const MOST_ROWS = 1024;

/**
 * A number of texts that a model reads side by side at every step. A number in the millions, by a slip or by malice,
 * would otherwise fill the memory or go on for ever.
 * @param wayOut what takes more
 */
export function rowsField(wayOut: string) {
  return countField(1).max(MOST_ROWS, {
    error: `at most ${MOST_ROWS} (each is a text to read at every step; ${wayOut})`,
  });
}

/** The way to more sequences than one recipe draws. */
export const MORE_SEQUENCES = "for more, run the recipe again with another seed";

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

/**
 * A recipe's schema: its method, the fields that are its own, and those that every method has.
 * @param drawsNothing whether a recipe takes its tokens without chance
 */
export function recipeObject<Name extends string, Own extends z.ZodRawShape>(
  method: Name,
  own: Own,
  drawsNothing: (recipe: unknown) => boolean = () => false,
) {
  ownFields.set(method, Object.keys(own));
  const elsewhere = (field: string) => amongProcessors(field) ?? inOtherMethods(field, method);
  const schema = closedObject(
    { method: z.literal(method), ...own, ...commonFields },
    { elsewhere, meant: meantField },
  );
  return schema.superRefine((recipe, { addIssue }) => {
    // The compiler can't see a shape that a type parameter is part of.
    const { processors } = recipe as unknown as Required<CommonRecipe>;
    const idle = drawsNothing(recipe) ? processors.findIndex(steersChance) : -1;
    if (idle < 0) return;
    const message = `left out with the method ${method}, which draws nothing that it could steer: use \`sample\``;
    addIssue({ code: "custom", path: ["processors", idle, "type"], message });
  });
}

function inOtherMethods(field: string, method: string): string | undefined {
  const name = nearestName(field, [...ownFields.values()].flat());
  if (name === undefined) return undefined;
  const others = [...ownFields].filter(([, fields]) => fields.includes(name)).map(([other]) => other);
  return `left out with the method ${method}: ${name === field ? "it" : `\`${name}\``} is for ${others.join(", ")}`;
}

/** Other libraries take `temperature` or `top_p` beside the method. */
function amongProcessors(field: string): string | undefined {
  const type = nearestName(field, processorTypes);
  if (type === undefined) return undefined;
  return `an entry of \`processors\`, as in "processors": [{ "type": "${type}", … }], not a field of the recipe`;
}
