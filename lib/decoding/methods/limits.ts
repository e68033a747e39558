import { OptionError } from "../../core/errors.js";
import type { Tokenizer } from "../../core/types.js";
import type { DecodeLimits } from "../sequences.js";
import { anyStop, type StopWhen } from "../stopping.js";
import { stopAtStrings } from "../stopStrings.js";
import type { CommonRecipe, MethodContext } from "./types.js";

/**
 * When a recipe's sequences end, and what their steps carry.
 * @throws OptionError for stop strings without a tokenizer
 */
export function recipeLimits(recipe: Required<CommonRecipe>, context: MethodContext): DecodeLimits {
  const { endTokens, tokenizer, signal, keepRows, clock, constraint } = context;
  const { maxNewTokens, maxTime, stopStrings } = recipe;
  // Where there is an end token, it is what follows.
  const complete = endTokens.length === 0 ? constraint?.isOver : undefined;
  const stopWhen = anyStop([stringRule(stopStrings, tokenizer), complete, context.stopWhen]);
  return {
    maxNewTokens,
    stopTokens: endTokens,
    ...(stopWhen && { stopWhen }),
    ...(maxTime !== null && { maxTime }),
    ...(clock && { clock }),
    ...(signal && { signal }),
    ...(keepRows && { keepRows }),
  };
}

function stringRule(strings: readonly string[], tokenizer: Tokenizer | undefined): StopWhen | undefined {
  if (strings.length === 0) return undefined;
  if (tokenizer === undefined) {
    throw new OptionError("stopStrings", strings, "empty where a model is decoded without its tokenizer");
  }
  return stopAtStrings(strings, tokenizer);
}
