import { z } from "zod";
import { type Recipe, recipeSchema } from "../../decoding/index.js";
import { closedObject, countField, toZod } from "../../decoding/schema.js";

/** How many candidates a trace follows where the request doesn't say. */
export const TRACE_TOP = 10;

/** Whether to explain every token, and how widely. */
export const traceField = z
  .union([z.boolean(), closedObject({ top: countField(1).default(TRACE_TOP) })], {
    error: "true, false, or an object with the field top",
  })
  .default(false)
  .describe("Explains every token; `top` says how many candidates to follow.");

/** The field by which a request asks for what OpenAI's protocol has no words for. */
export const extensionField = closedObject({
  recipe: toZod(recipeSchema)
    .optional()
    .describe(
      "How to decode, in the place of the fields that say so: the same recipe as everywhere in Logitbook.",
    ),
  trace: traceField,
})
  .nullish()
  .describe("Logitbook's own field.");

/** What a request asks for beside the protocol. */
export interface Extension {
  readonly recipe?: Required<Recipe> | undefined;
  readonly trace: boolean | { readonly top: number };
}

/** How many candidates to follow; undefined where no trace is wanted. */
export function traceTop(extension: Pick<Extension, "trace"> | null | undefined): number | undefined {
  const trace = extension?.trace ?? false;
  if (trace === false) return undefined;
  return trace === true ? TRACE_TOP : trace.top;
}
