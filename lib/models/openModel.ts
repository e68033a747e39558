import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { ModelError } from "../core/errors.js";
import { assertKnownOptions } from "../core/options.js";
import type { OpenModel } from "../core/types.js";
import { convertInThread } from "./gguf/convertInThread.js";
import { CONVERSION_VERSION } from "./gguf/version.js";
import { shortHash } from "./hash.js";
import { DEFAULT_MODEL, modelsDirectory } from "./modelsDirectory.js";
import { openPretrained, type PretrainedOptions, pretrainedNames } from "./pretrained/openPretrained.js";
import { bestCheckpoint, isRun } from "./trained/checkpointFolders.js";
import { hasModelFiles } from "./trained/modelFiles.js";
import { openTrained } from "./trained/openTrained.js";

/** A hub id: owner and name, as in `onnx-community/Qwen2.5-0.5B-Instruct`. */
const HUB_ID = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;

/**
 * Opens a language model with its tokenizer, by name:
 * - `smollm2`: the model that set-up brings (SmolLM2-135M-Instruct),
 * - a `.gguf` file of the llama architecture, converted once and kept,
 * - a directory in transformers.js layout, or one that `convertGguf` wrote,
 * - the folder of a training run (its best checkpoint), one checkpoint of it, or a GPT-2 directory with safetensors
 *   from Python,
 * - a hub id such as `Xenova/gpt2`, downloaded once and kept.
 * @throws OptionError for an option that this kind of model can't honour
 * @throws ModelError if the name is of no known kind, or the model can't be found, read or downloaded
 */
export async function openModel(name: string, options: PretrainedOptions = {}): Promise<OpenModel> {
  assertKnownOptions(options, pretrainedNames);
  const open = (source: string) => openPretrained(name, source, hubDirectory(), options);
  if (name === DEFAULT_MODEL) return open(defaultModelDirectory());
  if (name.endsWith(".gguf")) return open(await convertOnce(name, options));
  if (/^https?:/.test(name)) {
    throw new ModelError(name, "an engine behind HTTP gives no scores to decode with: use `openRemote`");
  }
  if (isRun(name)) return openTrained(name, await bestCheckpoint(name), options);
  if (hasModelFiles(name)) return openTrained(name, path.resolve(name), options);
  if (existsSync(path.join(name, "config.json"))) return open(path.resolve(name));
  if (existsSync(name)) throw new ModelError(name, "there is no model in it: no run, and no config.json");
  if (HUB_ID.test(name)) return open(name);
  throw new ModelError(
    name,
    `there is no model of this name: give \`${DEFAULT_MODEL}\`, a directory, a .gguf file, or a hub id such as \`owner/name\``,
  );
}

/** Where downloads from the hub are kept. */
export function hubDirectory(): string {
  return path.join(modelsDirectory(), "hub");
}

function defaultModelDirectory(): string {
  const directory = path.join(modelsDirectory(), DEFAULT_MODEL);
  if (existsSync(path.join(directory, "config.json"))) return directory;
  throw new ModelError(
    DEFAULT_MODEL,
    `it is not in ${directory} yet: run \`npx logitbook models --fetch\` (in the repository \`npm run setup\`), or name ` +
      "the folder that has it in the environment variable LOGITBOOK_MODELS",
  );
}

/**
 * The directory that a GGUF file was, or now is, converted into. A changed file is converted again, and so is one that
 * an earlier version of this library converted to other graphs.
 */
async function convertOnce(file: string, { onProgress }: PretrainedOptions): Promise<string> {
  const facts = await stat(file).catch((error: Error) => {
    throw new ModelError(file, `could not read the file: ${error.message}`, { cause: error });
  });
  const content = `${path.resolve(file)} ${facts.size} ${facts.mtimeMs}`;
  const version = shortHash(`${content} ${CONVERSION_VERSION}`);
  const directory = path.join(modelsDirectory(), `${path.basename(file, ".gguf")}-${version}`);
  if (!existsSync(path.join(directory, "config.json"))) {
    await convertInThread(file, directory, (loaded, total) =>
      onProgress?.({ file: path.basename(file), loaded, total }),
    );
  }
  return directory;
}
