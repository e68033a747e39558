import { closeSync, openSync, readSync } from "node:fs";
import { dequantize } from "../gguf/dequantize.js";
import type { SupportedType } from "../gguf/ggml.js";
import type { StoredMatrix } from "../gguf/weightsIndex.js";
import type { Placement } from "../onnx/weights.js";
import { KIND, type NativeMatrix, type NativeModule, PRECISION } from "./module.js";

const KIND_OF: Record<SupportedType, (typeof KIND)[keyof typeof KIND]> = {
  F32: KIND.floats,
  F16: KIND.floats,
  Q4_0: KIND.nibbles,
  Q4_1: KIND.nibbles,
  Q8_0: KIND.bytes,
};

/** An open file of weights, whose matrices go into the module's memory one by one. */
export class WeightsReader {
  readonly #file: number;
  /** By place: tied layers share a matrix. */
  readonly #matrices = new Map<number, NativeMatrix>();

  constructor(
    readonly module: NativeModule,
    readonly precision: keyof typeof PRECISION,
    readonly location: string,
  ) {
    this.#file = openSync(location, "r");
  }

  close(): void {
    closeSync(this.#file);
  }

  matrix(stored: StoredMatrix): NativeMatrix {
    const known = this.#matrices.get(stored.numbers.offset);
    if (known) return known;
    const { type, rows, columns, scales, offsets } = stored;
    const kind = KIND_OF[type];
    const numbers = kind === KIND.floats ? bytesOf(this.vector(stored)) : this.#bytes(stored.numbers);
    const made = this.module.createMatrix(
      PRECISION[this.precision],
      kind,
      rows,
      columns,
      numbers,
      scales && this.floats(scales),
      offsets && this.floats(offsets),
    );
    this.#matrices.set(stored.numbers.offset, made);
    return made;
  }

  /** The plain numbers of a matrix that is not quantised. */
  vector({ type, numbers }: StoredMatrix): Float32Array {
    return type === "F32" ? this.floats(numbers) : dequantize(type, this.#bytes(numbers));
  }

  floats(place: Placement): Float32Array {
    return new Float32Array(this.#bytes(place).buffer);
  }

  #bytes({ offset, length }: Placement): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const count = readSync(this.#file, bytes, done, length - done, offset + done);
      if (count === 0) throw new RangeError(`${this.location} ends before byte ${offset + length}`);
      done += count;
    }
    return bytes;
  }
}

function bytesOf(numbers: Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
