import { ModelError, TokenizerError, UnusedOptionError } from "../../core/errors.js";
import type { ChatTokenizer, OpenModel, Tokenizer } from "../../core/types.js";
import { openTokenizer } from "../../tokenizers/index.js";
import { openBackend } from "../backend/openBackend.js";
import type { PretrainedOptions } from "../pretrained/openPretrained.js";
import { asLanguageModel } from "../trainable/asLanguageModel.js";
import { loadModel } from "../trainable/createModel.js";
import { withChatTemplate } from "./chatTokenizer.js";
import { readModelFiles } from "./modelFiles.js";

/**
 * Opens a model that was trained here, or a GPT-2 model in safetensors from Python, with its tokenizer, and the
 * chat template where one lies beside it. It runs in this
 * thread, on the best backend of TensorFlow.js that there is.
 * @param name how errors and reports call it
 * @throws OptionError for an option that is for other kinds of model; ModelError if its files are missing, broken, or of another architecture
 */
export async function openTrained(
  name: string,
  directory: string,
  options: PretrainedOptions,
): Promise<OpenModel> {
  const [unused] = Object.entries(options).filter(
    ([option, value]) => value !== undefined && option !== "onProgress" && option !== "offline",
  );
  if (unused) throw new UnusedOptionError(unused[0], unused[1], "left out: this model has no use for it");
  const files = await readModelFiles(directory);
  const tokenizer = await tokenizerOf(name, directory);
  if (tokenizer.vocabSize > files.config.vocabSize) {
    const sizes = `${tokenizer.vocabSize} tokens, but the model ${files.config.vocabSize}`;
    throw new ModelError(name, `its tokenizer has ${sizes}`);
  }
  const backend = await openBackend();
  const model = loadModel(backend, files.config, files.weights);
  return { name, model: asLanguageModel(backend, model, { name, ownsWeights: true }), tokenizer };
}

async function tokenizerOf(name: string, directory: string): Promise<Tokenizer | ChatTokenizer> {
  try {
    return await withChatTemplate(name, directory, await openTokenizer(directory));
  } catch (error) {
    if (error instanceof TokenizerError) throw new ModelError(name, error.message, { cause: error });
    throw error;
  }
}
