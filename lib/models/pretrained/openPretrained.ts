import { existsSync } from "node:fs";
import path from "node:path";
import { OptionError, UnusedOptionError } from "../../core/errors.js";
import type { OptionNames } from "../../core/options.js";
import type { OpenModel } from "../../core/types.js";
import { pretrainedTokenizer } from "../../tokenizers/pretrained.js";
import { useNativeRowKernels } from "../native/module.js";
import { loadTokenizer } from "./loadTokenizer.js";
import type { DownloadProgress, HubOptions, Runtime, StandardSource, TreeSource } from "./protocol.js";
import { WorkerModel } from "./workerModel.js";

/** How to open a pretrained model. Every field may be left out. */
export interface PretrainedOptions {
  /**
   * For models converted from GGUF: `exact` computes in single precision and promises equal tokens, `fast` rounds
   * activations to 8 bits, keeps the native decoder's keys and values in 16, and is faster, most of all with long
   * prompts. Default `exact`.
   */
  readonly precision?: "exact" | "fast";
  /**
   * For models converted from GGUF: `native`, the decoder that set-up compiles, or `onnx`, onnxruntime. Default: the
   * native decoder where it is set up.
   */
  readonly runtime?: Runtime;
  /** For models in transformers.js layout: which of its files, such as `fp32`, `fp16`, `q8`, `q4`. Default `fp32`. */
  readonly dtype?: string;
  /** For models in transformers.js layout: `cpu` (default), `cuda`, or another that the runtime offers. */
  readonly device?: string;
  /** Bytes that cached keys and values may take. Default 512 MiB. */
  readonly cacheMemory?: number;
  /** Threads for one run. Default: the runtime's choice. */
  readonly threads?: number;
  /** Which version of a hub id: branch, tag or commit. Default `main`. */
  readonly revision?: string;
  /** Base address of the hub. Default: the environment variable HF_ENDPOINT, then Hugging Face. */
  readonly hubUrl?: string;
  /** Use only files that are on this machine. Default false. */
  readonly offline?: boolean;
  /** Called as files arrive. */
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/** The names of `PretrainedOptions`. */
export const pretrainedNames: OptionNames<PretrainedOptions> = {
  precision: true,
  runtime: true,
  dtype: true,
  device: true,
  cacheMemory: true,
  threads: true,
  revision: true,
  hubUrl: true,
  offline: true,
  onProgress: true,
};

/** Bytes. */
export const DEFAULT_CACHE_MEMORY = 512 * 2 ** 20;

/**
 * Opens a decoder and its tokenizer: a directory that the GGUF converter wrote, a directory in transformers.js
 * layout, or a hub id such as `onnx-community/Qwen2.5-0.5B-Instruct`. Runs its own forward passes in a thread.
 * @param name how errors and reports call it
 * @param source directory or hub id
 * @param cacheDirectory where downloads are kept
 * @throws OptionError for an option that this kind of model can't honour
 * @throws ModelError if a file is missing, partial, broken or of the wrong kind
 */
export async function openPretrained(
  name: string,
  source: string,
  cacheDirectory: string,
  options: PretrainedOptions = {},
): Promise<OpenModel> {
  checkNumbers(options);
  const hub: HubOptions = {
    hubUrl: options.hubUrl ?? process.env.HF_ENDPOINT,
    revision: options.revision ?? "main",
    cacheDirectory,
    offline: options.offline ?? false,
  };
  const onProgress = options.onProgress ?? (() => {});
  const tokenizer = await loadTokenizer(name, source, hub, onProgress);
  const engine = {
    name,
    source: describeSource(source, hub, options),
    cacheMemory: options.cacheMemory ?? DEFAULT_CACHE_MEMORY,
    threads: options.threads,
  };
  const model = await WorkerModel.open(engine, onProgress);
  useNativeRowKernels();
  return {
    name,
    model,
    tokenizer: pretrainedTokenizer(tokenizer, model.facts.endTokens),
  };
}

function describeSource(
  source: string,
  hub: HubOptions,
  options: PretrainedOptions,
): TreeSource | StandardSource {
  const { precision, runtime, dtype, device } = options;
  if (existsSync(path.join(source, "onnx", "tree_exact.onnx"))) {
    if (dtype !== undefined) {
      throw new UnusedOptionError("dtype", dtype, "left out: this model offers `precision`");
    }
    if (device !== undefined && device !== "cpu") {
      throw new UnusedOptionError("device", device, '"cpu": models converted from GGUF run on the CPU');
    }
    if (precision !== undefined && precision !== "exact" && precision !== "fast") {
      throw new OptionError("precision", precision, '"exact" or "fast"');
    }
    if (runtime !== undefined && runtime !== "native" && runtime !== "onnx") {
      throw new OptionError("runtime", runtime, '"native" or "onnx"');
    }
    return { kind: "tree", directory: source, precision: precision ?? "exact", runtime };
  }
  if (precision !== undefined) {
    throw new UnusedOptionError(
      "precision",
      precision,
      "left out: a model in transformers.js layout offers `dtype`",
    );
  }
  if (runtime !== undefined) {
    throw new UnusedOptionError(
      "runtime",
      runtime,
      "left out: onnxruntime computes models in transformers.js layout",
    );
  }
  return { ...hub, kind: "standard", id: source, dtype: dtype ?? "fp32", device: device ?? "cpu" };
}

function checkNumbers({ cacheMemory, threads }: PretrainedOptions): void {
  if (cacheMemory !== undefined && !(cacheMemory > 0)) {
    throw new OptionError("cacheMemory", cacheMemory, "a number of bytes above 0");
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
    throw new OptionError("threads", threads, "a whole number above 0");
  }
}
