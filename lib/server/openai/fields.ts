import { z } from "zod";
import { closedObject, countField } from "../../decoding/schema.js";

/** A number within bounds; null and nothing mean the default. */
export function numberWithin(min: number, max: number) {
  const rule = { error: `a number from ${min} to ${max}` };
  return z.number(rule).min(min, rule).max(max, rule).nullish();
}

/** A whole number from `min` up to `max`; null and nothing mean the default. */
export function countWithin(min: number, max: number) {
  const rule = { error: `a whole number from ${min} to ${max}` };
  return z.int(rule).min(min, rule).max(max, rule).nullish();
}

/** A field that may be sent, but only with values that ask for nothing. */
export function onlyValues(values: readonly (string | number | boolean)[], why: string) {
  const shown = values.map((value) => JSON.stringify(value)).join(" or ");
  return z
    .unknown()
    .refine((value) => value === undefined || value === null || values.includes(value as string), {
      error: `left out${shown === "" ? "" : `, or ${shown}`}: ${why}`,
    })
    .optional()
    .describe(`Accepted only where it asks for nothing: ${why}.`);
}

const flag = { error: "true or false" };
export const flagField = z.boolean(flag).nullish();

const text = { error: "a text" };
export const textField = z.string(text);

const stopRule = { error: "a text that is not empty, or a list of up to 16 of them" };
const stopText = z.string(stopRule).min(1, stopRule);

/** The model that a request is for. */
export const modelField = textField
  .nullish()
  .describe("The name of a model, as /v1/models lists them. Default: the only one that is served.");

/** What both kinds of completion are asked for with, beside the prompt. */
export const samplingFields = {
  model: modelField,
  stream: flagField.describe("Send the answer in events, as it comes."),
  stream_options: closedObject({
    include_usage: flagField.describe("End the stream with an event that counts the tokens."),
    include_obfuscation: onlyValues([false], "nothing is padded"),
  })
    .nullish()
    .describe("How to stream; only with `stream`."),
  n: countWithin(1, 128).describe("How many answers to draw, side by side. Default 1."),
  stop: z
    .union([stopText, z.array(stopText, stopRule).max(16, stopRule)], stopRule)
    .nullish()
    .describe("Texts that end an answer; they are not part of it."),
  seed: countField(0, " to 2^53 - 1")
    .nullish()
    .describe("The same seed gives the same answer. Default: a new one for each request."),
  temperature: numberWithin(0, 100).describe(
    "0 takes the likeliest token; 1, the default, draws as the model says.",
  ),
  top_p: numberWithin(0, 1).describe(
    "Draws from the likeliest tokens that make up this probability. Default 1.",
  ),
  presence_penalty: numberWithin(-100, 100).describe(
    "Subtracted from the score of every token that was generated before. Default 0.",
  ),
  frequency_penalty: numberWithin(-100, 100).describe(
    "Subtracted from a token's score for each time that it was generated before. Default 0.",
  ),
  logit_bias: z
    .record(z.string().regex(/^\d+$/), z.number({ error: "a number" }), {
      error: 'numbers by token ids, such as {"50": -100}',
    })
    .nullish()
    .describe("Added to the scores of tokens, by their ids."),
  user: z.unknown().optional().describe("Names the end user. Has no effect here."),
};
