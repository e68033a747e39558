import type { Logits, Tokens } from "../../core/types.js";
import type { RowRequest } from "../prefixes/request.js";

/** Where a model lies and how to run it: what the worker thread is started with. */
export interface EngineOptions {
  /** The name to blame in errors. */
  readonly name: string;
  readonly source: TreeSource | StandardSource;
  /** Bytes that cached keys and values may take. */
  readonly cacheMemory: number;
  /** Threads that one run may use; the runtime's choice if undefined. */
  readonly threads: number | undefined;
}

/** A directory that the GGUF converter wrote. */
export interface TreeSource {
  readonly kind: "tree";
  readonly directory: string;
  readonly precision: "exact" | "fast";
  /** Undefined: the native decoder where it is set up. */
  readonly runtime: Runtime | undefined;
}

/** What computes a converted model: the decoder that set-up compiles, or onnxruntime. */
export type Runtime = "native" | "onnx";

/** A directory or hub id in transformers.js layout. */
export interface StandardSource extends HubOptions {
  readonly kind: "standard";
  readonly id: string;
  readonly dtype: string;
  readonly device: string;
}

/** Where the files of a hub id come from. */
export interface HubOptions {
  /** Base address of the hub; transformers.js' own if undefined. */
  readonly hubUrl: string | undefined;
  readonly revision: string;
  readonly cacheDirectory: string;
  /** Use what has been downloaded, ask no host. */
  readonly offline: boolean;
}

/** What a model says of itself once it is open. */
export interface ModelFacts {
  readonly vocabSize: number;
  /** Numbers in a hidden state; 0 if the graph keeps them to itself. */
  readonly hiddenSize: number;
  /** Layers whose scores the graph can tell; 0 if it keeps them to itself. */
  readonly layers: number;
  readonly tiedEmbeddings: boolean;
  /** Whether it writes rows to memory that is sent back. */
  readonly reusesRows: boolean;
  readonly contextLength: number;
  readonly endTokens: readonly number[];
  /** The longest text that the cache memory can hold. */
  readonly cacheTokens: number;
  readonly bytesPerToken: number;
}

/** A file on its way: bytes so far, and in all where the host says so. */
export interface DownloadProgress {
  readonly file: string;
  readonly loaded: number;
  readonly total: number;
}

export type ToWorker =
  | {
      readonly type: "rows";
      readonly id: number;
      readonly requests: readonly RowRequest[];
      /** Memory of rows that nobody reads any more. */
      readonly spare: readonly ArrayBuffer[];
    }
  | { readonly type: "cached"; readonly id: number; readonly texts: readonly Tokens[] }
  | { readonly type: "abort"; readonly id: number }
  | { readonly type: "close" };

export type FromWorker =
  | { readonly type: "ready"; readonly facts: ModelFacts }
  | { readonly type: "progress"; readonly progress: DownloadProgress }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "rows"; readonly id: number; readonly rows: Logits[][] }
  | { readonly type: "cached"; readonly id: number; readonly lengths: number[] }
  | { readonly type: "error"; readonly id: number; readonly message: string };
