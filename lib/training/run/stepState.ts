import { readFile } from "node:fs/promises";
import path from "node:path";
import { replaceFile } from "../../core/writeFile.js";
import { readSafetensors } from "../../models/safetensors/read.js";
import { writeSafetensors } from "../../models/safetensors/write.js";
import type { ModelConfig } from "../../models/trainable/config.js";
import { readModelFiles, writeModelFiles } from "../../models/trained/modelFiles.js";
import { saveTokenizer, type TrainedTokenizer } from "../../tokenizers/index.js";
import { STATE } from "../step/stateNames.js";
import type { StepState } from "../step/step.js";

/** Holds the moments of the optimizer and the carried state; the weights lie where other programs look for them. */
const FILE = "optimizer.safetensors";

const weights = STATE.weight("");

/** Writes a checkpoint's model directory, with its tokenizer, and what training needs beyond it. */
export async function writeStepState(
  directory: string,
  config: ModelConfig,
  tokenizer: TrainedTokenizer,
  state: StepState,
): Promise<void> {
  const isWeight = (name: string) => name.startsWith(weights);
  const own = [...state].filter(([name]) => isWeight(name));
  const named = new Map(own.map(([name, array]) => [name.slice(weights.length), array]));
  await writeModelFiles(directory, { config, weights: named }, tokenizer.endTokens[0]);
  await saveTokenizer(tokenizer, directory);
  const rest = new Map([...state].filter(([name]) => !isWeight(name)));
  await replaceFile(path.join(directory, FILE), writeSafetensors(rest));
}

/** Reads what `writeStepState` wrote. */
export async function readStepState(directory: string): Promise<StepState> {
  const file = path.join(directory, FILE);
  const rest = readSafetensors(await readFile(file), file);
  const model = await readModelFiles(directory);
  const own = [...model.weights].map(([name, array]) => [STATE.weight(name), array] as const);
  return new Map([...own, ...rest]);
}
