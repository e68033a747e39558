import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { generationConfig, modelConfig } from "./config.js";
import { replaceDirectory } from "./directory.js";
import type { Precision } from "./linear.js";
import { type LlamaShape, llamaShape } from "./llama.js";
import { WeightFile } from "./onnx/weights.js";
import { type GgufFile, readGguf } from "./reader.js";
import { standardGraph } from "./standard.js";
import { tokenizerFiles } from "./tokenizer/index.js";
import { treeGraph } from "./tree.js";

/** `tree` is the graph with its cache outside, `standard` the layout of transformers.js. */
export type GraphKind = "tree" | "standard";

export interface ConvertOptions {
  /** Graphs to write; both by default. They share their weights, so the second costs little. */
  readonly graphs?: readonly GraphKind[];
  /** Precisions to write; both by default. */
  readonly precisions?: readonly Precision[];
  /** Hears how many bytes of weights are written, of how many. */
  readonly onProgress?: (bytesWritten: number, bytesTotal: number) => void;
}

const GRAPH_FILES = {
  tree: { exact: "tree_exact.onnx", fast: "tree_fast.onnx" },
  // names that transformers.js looks for with dtype fp32 and q4
  standard: { exact: "model.onnx", fast: "model_q4.onnx" },
} as const;

const GRAPH_WRITERS = { tree: treeGraph, standard: standardGraph };

/**
 * Writes a llama-architecture GGUF file as a model directory: ONNX graphs with one shared weights file, and the
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
  const weights = new WeightFile("weights.bin");
  const { tokenizer, config } = tokenizerFiles(file, shape);
  const settings = {
    "config.json": modelConfig(file, shape),
    "generation_config.json": generationConfig(file),
    "tokenizer.json": tokenizer,
    "tokenizer_config.json": config,
  };
  await mkdir(join(target, "onnx"));
  for (const graph of graphs) {
    for (const precision of precisions) {
      const bytes = GRAPH_WRITERS[graph](file, shape, precision, weights);
      await writeFile(join(target, "onnx", GRAPH_FILES[graph][precision]), bytes);
    }
  }
  await weights.write(join(target, "onnx", weights.location), (done) => onProgress(done, weights.byteLength));
  for (const [name, content] of Object.entries(settings)) {
    await writeFile(join(target, name), JSON.stringify(content, null, name === "tokenizer.json" ? 0 : 2));
  }
}
