import type { InferenceSession } from "onnxruntime-node";
import * as ort from "onnxruntime-node";
import { ModelError } from "../../core/errors.js";
import type { KvLayout, KvPart } from "../prefixes/kvArena.js";
import { factsOf } from "./facts.js";
import { openStandardSession } from "./hub.js";
import type { OpenedModel } from "./openedModel.js";
import { openTree } from "./openTree.js";
import type { DownloadProgress, EngineOptions, StandardSource } from "./protocol.js";
import { StandardRunner } from "./standardRunner.js";

/** Other inputs that graphs in transformers.js layout may ask for, besides their cache. */
const STANDARD_INPUTS = new Set([
  "input_ids",
  "attention_mask",
  "position_ids",
  "num_logits_to_keep",
  "use_cache_branch",
]);

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
  const sizes = {
    vocabSize: outputWidth(session, "logits") ?? Number(config.vocab_size),
    hiddenSize: outputWidth(session, "hidden") ?? 0,
  };
  const facts = factsOf(options, sizes, layout, config, generation);
  const graph = { session, Tensor: ort.Tensor, layout, pastNames, presentNames };
  return { runner: new StandardRunner(graph, facts.cacheTokens), facts, close };
}

/** Heads and head width of each cache input, [.., heads, .., width]. */
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

function cacheType(session: InferenceSession, input: string): KvLayout["type"] {
  const found = session.inputMetadata.find((other) => other.name === input);
  return found?.isTensor && found.type === "float16" ? "float16" : "float32";
}

/** The last axis of an output, if there is such an output and its width is fixed. */
function outputWidth(session: InferenceSession, name: string): number | undefined {
  const output = session.outputMetadata.find((other) => other.name === name);
  const width = output?.isTensor ? output.shape.at(-1) : undefined;
  return typeof width === "number" ? width : undefined;
}
