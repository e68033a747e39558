import { z } from "zod";
import { countField } from "../schema.js";

/** A number within bounds; the rule says them in words. */
export function numberField(
  rule: string,
  range: { above?: number; from?: number; below?: number; upTo?: number } = {},
) {
  const error = { error: rule };
  let field = z.number(error);
  if (range.above !== undefined) field = field.gt(range.above, error);
  if (range.from !== undefined) field = field.min(range.from, error);
  if (range.below !== undefined) field = field.lt(range.below, error);
  if (range.upTo !== undefined) field = field.max(range.upTo, error);
  return field;
}

/** The field of `MinTokensOptions`. */
export const minTokensField = countField(1)
  .default(1)
  .describe("Keeps at least as many of the likeliest tokens as this.");

export interface MinTokensOptions {
  /** Keeps at least as many of the likeliest tokens as this. Default 1. */
  readonly minTokensToKeep?: number;
}
