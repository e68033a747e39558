import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { ModelError } from "../../core/errors.js";
import { replaceFile } from "../../core/writeFile.js";
import { readSafetensors } from "../safetensors/read.js";
import { writeSafetensors } from "../safetensors/write.js";
import { type ModelConfig, readModelConfig } from "../trainable/config.js";
import type { NamedArray } from "../trainable/createModel.js";
import { fromGpt2Json, toGpt2Json } from "./gpt2Config.js";

/** A model's configuration and weights, as a directory holds them. */
export interface ModelFiles {
  readonly config: ModelConfig;
  readonly weights: ReadonlyMap<string, NamedArray>;
}

const CONFIG = "config.json";
const WEIGHTS = "model.safetensors";

/** Whether a directory holds a model that can be trained here. */
export function hasModelFiles(directory: string): boolean {
  return [CONFIG, WEIGHTS].every((file) => existsSync(path.join(directory, file)));
}

/**
 * Writes `config.json` and `model.safetensors`: of a transformer as Hugging Face's `GPT2LMHeadModel` reads them, of a
 * recurrent net under the names of PyTorch's modules.
 * @param endToken the tokenizer's end of text, which Python's generation stops at
 */
export async function writeModelFiles(
  directory: string,
  { config, weights }: ModelFiles,
  endToken: number | undefined,
): Promise<void> {
  const json =
    config.architecture === "gpt2"
      ? toGpt2Json(config, endToken)
      : { model_type: `logitbook-${config.architecture}`, ...config };
  await replaceFile(path.join(directory, WEIGHTS), writeSafetensors(weights));
  await replaceFile(path.join(directory, CONFIG), `${JSON.stringify(json, null, 2)}\n`);
}

/**
 * Reads what `writeModelFiles` wrote, or a GPT-2 directory from Python.
 * @throws ModelError for files that are missing or broken, or another architecture
 */
export async function readModelFiles(directory: string): Promise<ModelFiles> {
  const config = configOf(await readConfig(directory), directory);
  const file = path.join(directory, WEIGHTS);
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new ModelError(directory, `${WEIGHTS} could not be read (${error.code})`, { cause: error });
  });
  const weights = readSafetensors(bytes, file);
  return { config, weights: config.architecture === "gpt2" ? withPrefix(weights) : weights };
}

async function readConfig(directory: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(path.join(directory, CONFIG), "utf8")) as Record<string, unknown>;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ModelError(directory, `${CONFIG} could not be read: ${code ?? message}`, {
      cause: error,
    });
  }
}

function configOf(json: Record<string, unknown>, directory: string): ModelConfig {
  const { model_type: type, ...config } = json;
  if (type === "gpt2") return fromGpt2Json(json, directory);
  if (String(type).startsWith("logitbook-")) return readModelConfig(config);
  throw new ModelError(
    directory,
    `its architecture is \`${type}\`; gpt2 and what was trained here can be opened`,
  );
}

/** Files on the hub leave out the prefix that Python's `save_pretrained` writes. */
function withPrefix(weights: ReadonlyMap<string, NamedArray>): Map<string, NamedArray> {
  const named = ([name, array]: [string, NamedArray]): [string, NamedArray] =>
    /^(transformer\.|lm_head\.)/.test(name) ? [name, array] : [`transformer.${name}`, array];
  return new Map([...weights].map(named));
}
