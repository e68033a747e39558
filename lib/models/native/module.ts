import { createRequire } from "node:module";
import { type RowKernels, useRowKernels } from "../../core/rowKernels.js";
import type { KvNumbers } from "../prefixes/kvArena.js";
import type { Sight } from "../prefixes/sight.js";
import { modulePath } from "./place.js";

/** How a matrix is stored, by the number that the module knows it by. */
export const KIND = { nibbles: 0, bytes: 1, floats: 2 } as const;

/** What a matrix computes with, by the module's number: float32, or rows that are rounded to 8 bits. */
export const PRECISION = { exact: 0, fast: 1 } as const;

/** A matrix in the module's memory. */
declare const matrix: unique symbol;
export type NativeMatrix = { readonly [matrix]: true };

/** A decoder in the module's memory, with threads of its own. */
declare const decoder: unique symbol;
export type NativeDecoder = { readonly [decoder]: true };

export interface NativeLayer {
  readonly attentionNorm: Float32Array;
  readonly queriesKeysValues: readonly NativeMatrix[];
  readonly attentionOutput: readonly NativeMatrix[];
  readonly feedForwardNorm: Float32Array;
  readonly gateUp: readonly NativeMatrix[];
  readonly down: readonly NativeMatrix[];
}

export interface NativeModel {
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly feedForward: number;
  readonly normEpsilon: number;
  readonly embedding: NativeMatrix;
  readonly layers: readonly NativeLayer[];
  readonly outputNorm: Float32Array;
  readonly head: readonly NativeMatrix[];
  readonly cosines: Float32Array;
  readonly sines: Float32Array;
}

export interface NativeInput {
  readonly tokens: Int32Array;
  readonly positions: Int32Array;
  readonly asked: Int32Array;
  /** Of whose input the scores are wanted too. */
  readonly layers: Int32Array;
  /**
   * Keys, then values of each layer, float32 or, with `fast`, float16: whole buffers of the arena, to which those of
   * the new tokens are added.
   */
  readonly cache: readonly KvNumbers[];
  readonly pageSize: number;
  /** Where keys and values of each token are to be kept; -1 for those that are there already. */
  readonly slots: Int32Array;
  readonly sights: readonly Sight[];
}

export interface NativeOutput {
  /** Rows for the tokens that are asked for: of the last layer, then of the layers asked for. */
  readonly logits: readonly Float32Array[];
  readonly hidden: readonly Float32Array[] | undefined;
}

/** The functions of `lib/native`, which set-up compiles for the machine that it runs on. */
export interface NativeModule extends RowKernels {
  /** Whether the processor has instructions for `fast`. */
  readonly hasFast: boolean;
  /**
   * @param numbers unsigned numbers around 8 or 128 as MatMulNBits has them, or the bytes of float32 numbers
   * @param scales of each block, [rows, blocks]; for nibbles and bytes
   * @param offsets of each block, [blocks, rows]; for nibbles that have some
   */
  createMatrix(
    precision: (typeof PRECISION)[keyof typeof PRECISION],
    kind: (typeof KIND)[keyof typeof KIND],
    rows: number,
    columns: number,
    numbers: Uint8Array,
    scales?: Float32Array,
    offsets?: Float32Array,
  ): NativeMatrix;
  createDecoder(model: NativeModel, threads: number): NativeDecoder;
  /** Computes in the calling thread and those of the decoder, and returns when all is done. */
  read(decoder: NativeDecoder, input: NativeInput, output: NativeOutput): void;
}

/** The module, or why it can't be had. */
export function loadModule(place = modulePath()): NativeModule | string {
  const require = createRequire(import.meta.url);
  try {
    return require(place) as NativeModule;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "MODULE_NOT_FOUND")
      return "the native decoder is not compiled (`npx logitbook native` does it)";
    return `the native decoder could not be loaded: ${message.split("\n")[0]}`;
  }
}

/** Has the calling thread compute with rows by the module, if it is there: models have threads of their own. */
export function useNativeRowKernels(): void {
  const module = loadModule();
  if (typeof module !== "string") useRowKernels(module);
}

/**
 * Registers the operations of `lib/native/training` with TensorFlow's C library, which must have been loaded before.
 * @returns whether they can be had: set-up compiles them with TensorFlow's binding
 */
export function loadTrainingOperations(): boolean {
  try {
    createRequire(import.meta.url)(modulePath("training"));
    return true;
  } catch {
    return false;
  }
}
