import { z } from "zod";
import type { Tokens } from "../../core/types.js";

/**
 * Which of the tokens so far a penalty counts: "all" (prompt and generated ones), "generated" (without the prompt),
 * or a number: the last so many, prompt included.
 */
export type Window = "all" | "generated" | number;

const rule = { error: 'one of "all", "generated", or a whole number of tokens from 1' };

export const windowField = z
  .union([z.enum(["all", "generated"], rule), z.int(rule).min(1, rule)], rule)
  .default("all")
  .describe(
    "Which tokens count: all (prompt and generated ones), generated (without the prompt), or a number: the last so many.",
  );

/** The position at which a window begins; it ends with the last token. */
export function windowStart(window: Window, tokens: Tokens, prompt: Tokens): number {
  if (window === "all") return 0;
  return window === "generated" ? prompt.length : Math.max(0, tokens.length - window);
}
