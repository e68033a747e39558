import type { ConfigSchema } from "../../decoding/configSchema.js";
import { namedUnion, validate } from "../../decoding/schema.js";
import { type RecurrentConfig, recurrentConfig } from "../recurrent/config.js";
import { type TransformerConfig, transformerConfig } from "../transformer/config.js";

/** A model that can be trained here, written down as data: `architecture` says which of the two shapes it has. */
export type ModelConfig = RecurrentConfig | TransformerConfig;

/** The architectures that `ModelConfig` knows. */
export const ARCHITECTURES = ["rnn", "gru", "lstm", "gpt2"] as const;

/** Reads a `ModelConfig`, defaults filled in. */
export const modelConfig: ConfigSchema<ModelConfig> = namedUnion<ModelConfig>(
  "architecture",
  [recurrentConfig, transformerConfig],
  ARCHITECTURES,
);

/**
 * The config with its defaults filled in.
 * @throws OptionError that names the first field at fault, its rule and its value
 */
export function readModelConfig(value: unknown): ModelConfig {
  return validate(modelConfig, value, "model");
}
