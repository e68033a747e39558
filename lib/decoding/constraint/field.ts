import { z } from "zod";
import type { ConfigSchema } from "../configSchema.js";
import { closedObject } from "../schema.js";
import type { Constraint } from "./types.js";

const schema = { error: "a JSON Schema: an object, true or false" };
const expression = { error: "a regular expression as text, not empty" };
const choices = { error: "a list of texts, at least one and none of them empty" };
const grammar = { error: 'a grammar as text, such as `root ::= "yes" | "no"`' };
const json = { error: "true" };

/** Exactly one of these. */
const kinds = {
  jsonSchema: z
    .union([z.record(z.string(), z.unknown(), schema), z.boolean(schema)], schema)
    .optional()
    .describe("JSON that this schema accepts."),
  regex: z.string(expression).min(1, expression).optional().describe("Text that all of it matches."),
  choices: z
    .array(z.string(choices).min(1, choices), choices)
    .min(1, choices)
    .optional()
    .describe("One of these texts."),
  grammar: z.string(grammar).min(1, grammar).optional().describe("Text of this EBNF grammar's rule `root`."),
  json: z.literal(true, json).optional().describe("Any JSON value."),
};

const one = { error: `an object with exactly one of ${Object.keys(kinds).join(", ")}` };

/** The schema's side of `Constraint`. */
export const constraintField = closedObject(kinds).refine(
  (given) => Object.values(given).filter((value) => value !== undefined).length === 1,
  one,
) as unknown as z.ZodType<Constraint> & ConfigSchema<Constraint>;
