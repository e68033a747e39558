import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { replaceDirectory } from "../../core/replaceDirectory.js";
import { WeightFile } from "../onnx/weights.js";
import { generationConfig, modelConfig } from "./config.js";
import type { Precision } from "./linear.js";
import { type LlamaShape, llamaShape } from "./llama.js";
import { type GgufFile, readGguf } from "./reader.js";
import { standardGraph } from "./standard.js";
import { tokenizerFiles } from "./tokenizer/index.js";
import { layersGraph, treeGraph } from "./tree.js";
import { WEIGHTS_INDEX, weightsIndex } from "./weightsIndex.js";

/** `tree` is the graph with its cache outside, in two forms, `standard` the layout of transformers.js. */
export type GraphKind = "tree" | "standard";

export interface ConvertOptions {
  /** Graphs to write; both by default. */
  readonly graphs?: readonly GraphKind[];
  /** Precisions to write; both by default. Those of the tree graph share their weights in one file. */
  readonly precisions?: readonly Precision[];
  /** Hears how many bytes of weights are written, of how many. */
  readonly onProgress?: (bytesWritten: number, bytesTotal: number) => void;
}

const GRAPH_FILES = {
  tree: [
    { exact: "tree_exact.onnx", fast: "tree_fast.onnx", write: treeGraph },
    // opened only where the scores of earlier layers are asked for
    { exact: "layers_exact.onnx", fast: "layers_fast.onnx", write: layersGraph },
  ],
  // names that transformers.js looks for with dtype fp32 and q4
  standard: [{ exact: "model.onnx", fast: "model_q4.onnx", write: standardGraph }],
} as const;

/**
 * Writes a llama-architecture GGUF file as a model directory: ONNX graphs with their weights beside them, and the
 * configuration and tokenizer files that transformers.js reads. An earlier directory of that name is replaced. The
 * directory appears complete or not at all, even if the process is killed.
 * @param source path of the file, or its bytes
 * @throws ModelError for a file that can't be read or converted
 */
export async function convertGguf(
  source: string | Uint8Array,
  directory: string,
  options: ConvertOptions = {},
): Promise<void> {
  const file = await readGguf(source);
  try {
    const shape = llamaShape(file);
    await replaceDirectory(resolve(directory), (target) => writeModel(file, shape, target, options));
  } finally {
    await file.close();
  }
}

async function writeModel(
  file: GgufFile,
  shape: LlamaShape,
  target: string,
  options: ConvertOptions,
): Promise<void> {
  const { graphs = ["tree", "standard"], precisions = ["exact", "fast"], onProgress = () => {} } = options;
  const shared = new WeightFile("weights.bin");
  const own: WeightFile[] = [];
  await mkdir(join(target, "onnx"));
  for (const graph of graphs) {
    for (const precision of precisions) {
      for (const { [precision]: name, write } of GRAPH_FILES[graph]) {
        // transformers.js fetches only data that is named after its graph.
        const weights = graph === "tree" ? shared : new WeightFile(`${name}_data`);
        if (weights !== shared) own.push(weights);
        await writeFile(join(target, "onnx", name), write(file, shape, precision, weights));
      }
    }
  }
  if (graphs.includes("tree")) {
    await writeFile(join(target, "onnx", WEIGHTS_INDEX), JSON.stringify(weightsIndex(file, shape, shared)));
  }
  await writeWeights(join(target, "onnx"), graphs.includes("tree") ? [shared, ...own] : own, onProgress);
  await writeSettings(file, shape, target, own);
}

async function writeWeights(
  directory: string,
  files: readonly WeightFile[],
  onProgress: (bytesWritten: number, bytesTotal: number) => void,
): Promise<void> {
  const total = files.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let before = 0;
  for (const weights of files) {
    await weights.write(join(directory, weights.location), (done) => onProgress(before + done, total));
    before += weights.byteLength;
  }
}

/** @param external data files that belong to one graph each, which transformers.js must be told of */
async function writeSettings(
  file: GgufFile,
  shape: LlamaShape,
  target: string,
  external: readonly WeightFile[],
): Promise<void> {
  const { tokenizer, config } = tokenizerFiles(file, shape);
  const chunks = external.map(({ location }) => [location.replace(/_data$/, ""), 1]);
  const hints = { use_external_data_format: Object.fromEntries(chunks) };
  const settings = {
    "config.json": {
      ...modelConfig(file, shape),
      ...(external.length > 0 && { "transformers.js_config": hints }),
    },
    "generation_config.json": generationConfig(file),
    "tokenizer.json": tokenizer,
    "tokenizer_config.json": config,
  };
  for (const [name, content] of Object.entries(settings)) {
    await writeFile(join(target, name), JSON.stringify(content, null, name === "tokenizer.json" ? 0 : 2));
  }
}
