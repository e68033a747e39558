import { existsSync } from "node:fs";
import path from "node:path";
import type { InferenceSession } from "onnxruntime-node";
import * as ort from "onnxruntime-node";
import { ModelError } from "../../core/errors.js";
import { WEIGHTS_INDEX, type WeightsIndex } from "../gguf/weightsIndex.js";
import { cacheLayout, openDecoder } from "../native/openDecoder.js";
import { coreCount } from "../native/threads.js";
import { type TreeGraph, TreeRunner } from "../prefixes/treeRunner.js";
import { factsOf, readJson } from "./facts.js";
import type { OpenedModel } from "./openedModel.js";
import type { EngineOptions, TreeSource } from "./protocol.js";
import { treeSession } from "./treeSession.js";

/**
 * Opens a directory that the GGUF converter wrote.
 * @throws ModelError if a file is missing or broken, or the asked runtime can't be had
 */
export async function openTree(options: EngineOptions, source: TreeSource): Promise<OpenedModel> {
  const index = await readIndex(options, source);
  const config = await readJson(options.name, source.directory, "config.json");
  const generation = await readJson(options.name, source.directory, "generation_config.json");
  const { vocabSize, width, layers, tiedHead } = index.shape;
  const sizes = { vocabSize, hiddenSize: width };
  const { graph, close } = await openGraph(options, source, index);
  const facts = {
    ...factsOf(options, sizes, graph.layout, config, generation),
    layers,
    tiedEmbeddings: tiedHead,
    reusesRows: graph.reuse !== undefined,
  };
  return { runner: new TreeRunner(graph, facts.cacheTokens), facts, close };
}

async function readIndex({ name }: EngineOptions, { directory }: TreeSource): Promise<WeightsIndex> {
  if (existsSync(path.join(directory, "onnx", WEIGHTS_INDEX))) {
    return readJson<WeightsIndex>(name, path.join(directory, "onnx"), WEIGHTS_INDEX);
  }
  throw new ModelError(
    name,
    "it was converted by an earlier version of this library, without an index of its weights; convert it again " +
      "(`npx logitbook models --fetch` for the default model)",
  );
}

interface OpenedGraph {
  readonly graph: TreeGraph;
  close(): Promise<void>;
}

/** The native decoder where it can be had, else onnxruntime. */
async function openGraph(
  options: EngineOptions,
  source: TreeSource,
  index: WeightsIndex,
): Promise<OpenedGraph> {
  const native = openNative(options, source, index);
  if (native) return { graph: native, close: async () => {} };
  const sessions = new Map<string, Promise<InferenceSession>>();
  const session = (form: string) => {
    const file = path.join(source.directory, "onnx", `${form}_${source.precision}.onnx`);
    const opened = sessions.get(form) ?? createSession(options, file);
    sessions.set(form, opened);
    return opened;
  };
  const forms = { plain: () => session("tree"), layered: () => session("layers") };
  const graph = treeSession(forms, cacheLayout(index, "float32"), index.shape.heads / index.shape.kvHeads);
  await forms.plain();
  return {
    graph,
    async close() {
      // One that could not be opened has nothing to release.
      for (const opened of sessions.values()) await (await opened.catch(() => undefined))?.release();
    },
  };
}

function openNative(
  { name, threads }: EngineOptions,
  { directory, precision, runtime }: TreeSource,
  index: WeightsIndex,
): TreeGraph | undefined {
  if (runtime === "onnx") return undefined;
  const opened = openDecoder(path.join(directory, "onnx"), index, precision, threads ?? coreCount());
  if (typeof opened !== "string") return opened;
  if (runtime === undefined) return undefined;
  throw new ModelError(
    name,
    `the runtime \`native\` can't be had: ${opened}; without \`runtime\`, onnxruntime computes`,
  );
}

async function createSession(options: EngineOptions, file: string): Promise<InferenceSession> {
  try {
    return await ort.InferenceSession.create(file, {
      executionProviders: ["cpu"],
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
      ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    });
  } catch (error) {
    throw new ModelError(options.name, `could not open ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
