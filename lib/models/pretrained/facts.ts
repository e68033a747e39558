import { readFile } from "node:fs/promises";
import path from "node:path";
import { ModelError } from "../../core/errors.js";
import { bytesPerToken, type KvLayout } from "../prefixes/kvArena.js";
import type { EngineOptions, ModelFacts } from "./protocol.js";

/** The parts of config.json and generation_config.json that matter here. */
export interface ModelConfig {
  readonly [key: string]: unknown;
}

/** Keys under which configurations state the longest text, by architecture. */
const CONTEXT_KEYS = ["max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length"];

/** What the graph and its cache say of themselves, and what the configuration files add. */
export function factsOf(
  options: EngineOptions,
  sizes: Pick<ModelFacts, "vocabSize" | "hiddenSize">,
  layout: KvLayout,
  config: ModelConfig,
  generation: ModelConfig,
): ModelFacts {
  const contextKey = CONTEXT_KEYS.find((key) => typeof config[key] === "number");
  if (!(sizes.vocabSize > 0) || contextKey === undefined) {
    throw new ModelError(
      options.name,
      `config.json states no vocabulary size, or none of ${CONTEXT_KEYS.join(", ")}`,
    );
  }
  const end = generation.eos_token_id ?? config.eos_token_id ?? [];
  return {
    ...sizes,
    layers: 0,
    tiedEmbeddings: false,
    reusesRows: false,
    contextLength: Number(config[contextKey]),
    endTokens: [end].flat().map(Number),
    cacheTokens: Math.floor(options.cacheMemory / bytesPerToken(layout)),
    bytesPerToken: bytesPerToken(layout),
  };
}

/** @throws ModelError if a file of the model can't be read */
export async function readJson<Content = ModelConfig>(
  name: string,
  directory: string,
  file: string,
): Promise<Content> {
  const location = path.join(directory, file);
  try {
    return JSON.parse(await readFile(location, "utf8")) as Content;
  } catch (error) {
    throw new ModelError(name, `could not read ${location}: ${(error as Error).message}`, { cause: error });
  }
}
