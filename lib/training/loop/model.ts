import { existsSync } from "node:fs";
import { ConfigError } from "../../core/errors.js";
import type { Backend, BackendName } from "../../models/backend/backend.js";
import { openBackend } from "../../models/backend/openBackend.js";
import type { ModelConfig } from "../../models/trainable/config.js";
import { createModel, loadModel } from "../../models/trainable/createModel.js";
import type { TrainableModel } from "../../models/trainable/trainable.js";
import { trainedTemplate } from "../../models/trained/chatTokenizer.js";
import { bestCheckpoint, isRun } from "../../models/trained/checkpointFolders.js";
import { type ModelFiles, readModelFiles } from "../../models/trained/modelFiles.js";
import type { ChatTemplate } from "../../tokenizers/file/read.js";
import { openTokenizer, type TrainedTokenizer } from "../../tokenizers/index.js";
import type { RunConfig } from "../config/schema.js";
import { assertMemory } from "./memory.js";

/** What a run starts from: nothing, or weights and their tokenizer. */
export interface Beginning {
  readonly files: ModelFiles | undefined;
  readonly tokenizer: TrainedTokenizer | undefined;
  readonly chatTemplate?: ChatTemplate | undefined;
}

/** @param checkpoint of a run that goes on */
export async function beginning({ model }: RunConfig, checkpoint: string | undefined): Promise<Beginning> {
  const given = model.architecture === "given" ? await givenDirectory(model.from) : undefined;
  const directory = checkpoint ?? given;
  if (directory === undefined) return { files: undefined, tokenizer: undefined };
  return {
    files: await readModelFiles(directory),
    tokenizer: await openTokenizer(directory),
    chatTemplate: await trainedTemplate(directory),
  };
}

async function givenDirectory(from: string): Promise<string> {
  if (!existsSync(from)) throw new ConfigError("model.from", undefined, `there is no folder ${from}`);
  return isRun(from) ? bestCheckpoint(from) : from;
}

/** The model on its backend, with fresh weights from the seed where none are given. */
export async function openModelOf(
  { backend: wanted, model: settings, training, seed }: RunConfig,
  files: ModelFiles | undefined,
  tokenizer: TrainedTokenizer,
): Promise<{ backend: Backend; model: TrainableModel }> {
  const config = files?.config ?? configOf(settings, training, tokenizer);
  assertMemory(config, training);
  const backend = await openBackend(wanted === "auto" ? {} : { backend: wanted satisfies BackendName });
  const model = files ? loadModel(backend, config, files.weights) : createModel(backend, config, seed);
  return { backend, model };
}

/** What a model with fresh weights is to be. */
function configOf(
  settings: RunConfig["model"],
  { length }: RunConfig["training"],
  { vocabSize }: TrainedTokenizer,
): ModelConfig {
  if (settings.architecture === "given") throw new TypeError("a given model comes with its files");
  return settings.architecture === "gpt2"
    ? { ...settings, vocabSize, contextLength: settings.contextLength ?? length }
    : { ...settings, vocabSize };
}
