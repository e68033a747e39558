import { topIndices } from "../../core/top.js";
import type { Logits, Tokens } from "../../core/types.js";
import { type Greenlist, greenlist, type WatermarkOptions } from "./greenlist.js";
import { named } from "./stage.js";
import type { LogitsProcessor, ProcessorContext, ProcessorDefinition } from "./types.js";
import { readWatermarkOptions, type WatermarkConfig, watermarkSchema } from "./watermarkOptions.js";

/**
 * Adds `bias` to a part of the vocabulary that the last tokens and a key choose, so that `detectWatermark` finds more
 * of these tokens than chance has (Kirchenbauer et al. 2023). The lists are those of Hugging Face's
 * WatermarkLogitsProcessor on the CPU. "selfhash" looks at the 40 likeliest tokens only. Nothing happens while there
 * are fewer than `contextWidth` tokens.
 * @throws OptionError for a number out of range or an unknown scheme
 */
export function watermark(
  options: WatermarkOptions,
  context: Pick<ProcessorContext, "vocabSize">,
): LogitsProcessor {
  const config = readWatermarkOptions(options);
  const list = greenlist(config, context.vocabSize);
  return named("watermark", (logits, tokens) => {
    const marked = logits.slice();
    if (tokens.length < config.contextWidth) return marked;
    const green = config.seedingScheme === "selfhash" ? ownGreen(logits, tokens, list) : list.green(tokens);
    for (const token of green) marked[token] = logits[token] + config.bias;
    return marked;
  });
}

export const watermarkProcessor: ProcessorDefinition<WatermarkConfig> = {
  type: "watermark",
  schema: watermarkSchema,
  create: ({ type: _, ...options }, context) => watermark(options, context),
};

/** The likeliest tokens that are on the list which they themselves choose. */
function ownGreen(logits: Logits, tokens: Tokens, list: Greenlist): number[] {
  return topIndices(logits, 40).filter((token) => list.green([...tokens, token]).includes(token));
}

export type { WatermarkConfig } from "./watermarkOptions.js";
