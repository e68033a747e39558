import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { InferenceSession } from "onnxruntime-node";
import * as ort from "onnxruntime-node";
import { ModelError } from "../../core/errors.js";
import { bytesPerToken, type KvLayout, type KvPart } from "../prefixes/kvArena.js";
import type { GraphRunner } from "../prefixes/request.js";
import { TreeRunner } from "../prefixes/treeRunner.js";
import { openStandardSession } from "./hub.js";
import type { DownloadProgress, EngineOptions, ModelFacts, StandardSource, TreeSource } from "./protocol.js";
import { StandardRunner } from "./standardRunner.js";
import { treeSession } from "./treeSession.js";

/** A model ready to compute rows. */
export interface OpenedModel {
  readonly runner: GraphRunner;
  readonly facts: ModelFacts;
  close(): Promise<void>;
}

/** The parts of config.json and generation_config.json that matter here. */
interface ModelConfig {
  readonly [key: string]: unknown;
}

/** Other inputs that graphs in transformers.js layout may ask for, besides their cache. */
const STANDARD_INPUTS = new Set([
  "input_ids",
  "attention_mask",
  "position_ids",
  "num_logits_to_keep",
  "use_cache_branch",
]);

/** Keys under which configurations state the longest text, by architecture. */
const CONTEXT_KEYS = ["max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length"];

/**
 * Opens a model in this thread.
 * @throws ModelError if its files are missing, broken, or of a kind that can't be run
 */
export function openSession(
  options: EngineOptions,
  onProgress: (progress: DownloadProgress) => void,
): Promise<OpenedModel> {
  const { source } = options;
  return source.kind === "tree" ? openTree(options, source) : openStandard(options, source, onProgress);
}

async function openTree(options: EngineOptions, source: TreeSource): Promise<OpenedModel> {
  const file = (form: string) => path.join(source.directory, "onnx", `${form}_${source.precision}.onnx`);
  const session = await createSession(options, file("tree"));
  let layered: Promise<InferenceSession> | undefined;
  const openLayered = () => (layered ??= createSession(options, file("layers")));
  const config = await readJson(options.name, source.directory, "config.json");
  const generation = await readJson(options.name, source.directory, "generation_config.json");
  const parts = cacheParts(options.name, session, /^past\./);
  const layout: KvLayout = { parts, type: "float32", pageSize: pageSizeOf(options.name, session) };
  const groups = Number(config.num_attention_heads) / Number(config.num_key_value_heads);
  const facts = {
    ...factsOf(options, session, layout, config, generation),
    // A model that was converted before there was this form of the graph can do all else.
    layers: existsSync(file("layers")) ? Number(config.num_hidden_layers) : 0,
    tiedEmbeddings: config.tie_word_embeddings === true,
  };
  const sessions = { plain: session, layered: openLayered };
  const runner = new TreeRunner(treeSession(sessions, layout, groups), facts.cacheTokens);
  const close = async () => {
    await session.release();
    // One that could not be opened has nothing to release.
    await (await layered?.catch(() => undefined))?.release();
  };
  return { runner, facts, close };
}

async function openStandard(
  options: EngineOptions,
  source: StandardSource,
  onProgress: (progress: DownloadProgress) => void,
): Promise<OpenedModel> {
  const threads = options.threads === undefined ? {} : { intraOpNumThreads: options.threads };
  const { session, config, generation, close } = await openStandardSession(
    options.name,
    source,
    threads,
    onProgress,
  );
  const pastNames = session.inputNames.filter((name) => name.startsWith("past_key_values."));
  const strange = session.inputNames.find((name) => !STANDARD_INPUTS.has(name) && !pastNames.includes(name));
  if (strange !== undefined || pastNames.length === 0) {
    throw new ModelError(
      options.name,
      `its graph ${strange === undefined ? "keeps no attention cache" : `asks for the input \`${strange}\``}, ` +
        "which is not that of a text decoder in transformers.js layout; choose a text-generation model",
    );
  }
  const layout: KvLayout = {
    parts: cacheParts(options.name, session, /^past_key_values\./),
    type: cacheType(session, pastNames[0]),
    pageSize: 1,
  };
  const presentNames = pastNames.map((name) => name.replace("past_key_values", "present"));
  const facts = factsOf(options, session, layout, config, generation);
  const graph = { session, Tensor: ort.Tensor, layout, pastNames, presentNames };
  return { runner: new StandardRunner(graph, facts.cacheTokens), facts, close };
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

/** Heads and head width of each cache input: both layouts have the heads on axis 1 and the width last. */
function cacheParts(name: string, session: InferenceSession, inputs: RegExp): KvPart[] {
  const cached = session.inputMetadata.filter((input) => inputs.test(input.name));
  return cached.map((input) => {
    const shape = input.isTensor ? input.shape : [];
    const heads = shape[1];
    const headDim = shape.at(-1);
    if (typeof heads !== "number" || typeof headDim !== "number") {
      throw new ModelError(
        name,
        `the cache input \`${input.name}\` has the shape [${shape}], not [.., heads, .., size]`,
      );
    }
    return { heads, headDim };
  });
}

/** Tokens in a page of a tree graph's cache, whose inputs are [pages, heads, 1, tokens, size]. */
function pageSizeOf(name: string, session: InferenceSession): number {
  const found = session.inputMetadata.find((input) => input.name === "past.0.key");
  const shape = found?.isTensor ? found.shape : [];
  const pageSize = shape[3];
  if (shape.length === 5 && typeof pageSize === "number") return pageSize;
  throw new ModelError(
    name,
    "it was converted by another version of this library, whose cache has another layout; convert it again " +
      "(`npm run setup` for the default model)",
  );
}

function cacheType(session: InferenceSession, input: string): KvLayout["type"] {
  const found = session.inputMetadata.find((other) => other.name === input);
  return found?.isTensor && found.type === "float16" ? "float16" : "float32";
}

function factsOf(
  options: EngineOptions,
  session: InferenceSession,
  layout: KvLayout,
  config: ModelConfig,
  generation: ModelConfig,
): ModelFacts {
  const vocabSize = outputWidth(session, "logits") ?? Number(config.vocab_size);
  const contextKey = CONTEXT_KEYS.find((key) => typeof config[key] === "number");
  if (!(vocabSize > 0) || contextKey === undefined) {
    throw new ModelError(
      options.name,
      `config.json states no vocabulary size, or none of ${CONTEXT_KEYS.join(", ")}`,
    );
  }
  const end = generation.eos_token_id ?? config.eos_token_id ?? [];
  return {
    vocabSize,
    hiddenSize: outputWidth(session, "hidden") ?? 0,
    layers: 0,
    tiedEmbeddings: false,
    contextLength: Number(config[contextKey]),
    endTokens: [end].flat().map(Number),
    cacheTokens: Math.floor(options.cacheMemory / bytesPerToken(layout)),
    bytesPerToken: bytesPerToken(layout),
  };
}

/** The last axis of an output, if there is such an output and its width is fixed. */
function outputWidth(session: InferenceSession, name: string): number | undefined {
  const output = session.outputMetadata.find((other) => other.name === name);
  const width = output?.isTensor ? output.shape.at(-1) : undefined;
  return typeof width === "number" ? width : undefined;
}

async function readJson(name: string, directory: string, file: string): Promise<ModelConfig> {
  const location = path.join(directory, file);
  try {
    return JSON.parse(await readFile(location, "utf8")) as ModelConfig;
  } catch (error) {
    throw new ModelError(name, `could not read ${location}: ${(error as Error).message}`, { cause: error });
  }
}
