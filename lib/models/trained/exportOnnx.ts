import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { ModelError, OptionError } from "../../core/errors.js";
import { replaceDirectory } from "../../core/replaceDirectory.js";
import { saveTokenizer } from "../../tokenizers/file/save.js";
import { openTokenizer } from "../../tokenizers/index.js";
import { WeightFile } from "../onnx/weights.js";
import { transformerGraph } from "../transformer/onnxGraph.js";
import { trainedTemplate } from "./chatTokenizer.js";
import { bestCheckpoint, isRun } from "./checkpointFolders.js";
import { toGpt2Json } from "./gpt2Config.js";
import { readModelFiles } from "./modelFiles.js";

/** The name that transformers.js looks for with dtype fp32, and that of the data beside it. */
const GRAPH = "model.onnx";

/**
 * Writes a trained transformer as a directory in the layout of transformers.js, which stock transformers.js and
 * `openModel` open. An earlier export of that name is replaced; the directory appears complete or not at all.
 *
 *     await exportOnnx("runs/char", "exported");
 *
 * @param source a run (its best checkpoint), a checkpoint, or a GPT-2 directory with safetensors from Python
 * @throws ModelError for a source that can't be read, or is recurrent; OptionError for a directory of other things
 */
export async function exportOnnx(source: string, directory: string): Promise<void> {
  const from = isRun(source) ? await bestCheckpoint(source) : source;
  const { config, weights } = await readModelFiles(from);
  if (config.architecture !== "gpt2") {
    throw new ModelError(
      source,
      `it is recurrent (${config.architecture}), and transformers.js runs transformers; PyTorch reads its weights`,
    );
  }
  const tokenizer = await openTokenizer(from);
  const template = await trainedTemplate(from);
  await assertReplaceable(directory);
  await replaceDirectory(path.resolve(directory), async (target) => {
    const data = new WeightFile(`${GRAPH}_data`);
    await mkdir(path.join(target, "onnx"));
    await writeFile(path.join(target, "onnx", GRAPH), transformerGraph(config, weights, data));
    await data.write(path.join(target, "onnx", data.location), () => {});
    const end = tokenizer.endTokens[0];
    const hints = { "transformers.js_config": { use_external_data_format: { [GRAPH]: 1 } } };
    await writeJson(target, "config.json", { ...toGpt2Json(config, end), ...hints });
    await writeJson(target, "generation_config.json", { bos_token_id: end, eos_token_id: end });
    await saveTokenizer(tokenizer, target, template);
  });
}

/** So that a slip of the pen doesn't remove a folder of something else. */
async function assertReplaceable(directory: string): Promise<void> {
  if (!existsSync(directory) || existsSync(path.join(directory, "onnx", GRAPH))) return;
  const found = await readdir(directory).catch(() => ["a file"]);
  if (found.length > 0) {
    throw new OptionError("directory", directory, "new, empty, or that of an earlier export");
  }
}

function writeJson(directory: string, name: string, content: object): Promise<void> {
  return writeFile(path.join(directory, name), `${JSON.stringify(content, null, 2)}\n`);
}
