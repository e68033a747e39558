import { open } from "node:fs/promises";
import type { DataType } from "./proto.js";

/** A constant of a graph whose bytes lie in the shared weights file. */
export interface Weight {
  /** Name of the initialiser. */
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
  /** Weights with the same storage share their bytes, whatever their names, shapes and graphs. */
  readonly storage: string;
  readonly byteLength: number;
  /** Makes the bytes. Called once for each storage, when its turn to be written comes. */
  load(): Promise<Uint8Array>;
}

/** Where a weight lies in the weights file, in bytes. */
export interface Placement {
  readonly offset: number;
  readonly length: number;
}

/** Pages of memory: a weight that begins on one can be mapped instead of read. */
const ALIGNMENT = 4096;

/**
 * The one file that holds the weights of several graphs. Placement comes first and needs only sizes; then `write`
 * makes and writes one weight after the other, so that a model larger than memory can be converted.
 */
export class WeightFile {
  #placed = new Map<string, Placement & Pick<Weight, "load">>();
  #end = 0;

  /** @param location name of the file, relative to the graphs that use it */
  constructor(readonly location: string) {}

  get byteLength(): number {
    return this.#end;
  }

  place(weight: Weight): Placement {
    const known = this.#placed.get(weight.storage);
    if (known) return known;
    const offset = Math.ceil(this.#end / ALIGNMENT) * ALIGNMENT;
    const placement = { offset, length: weight.byteLength, load: weight.load };
    this.#placed.set(weight.storage, placement);
    this.#end = offset + weight.byteLength;
    return placement;
  }

  /** Writes all weights placed so far. `onWritten` hears the number of bytes after each. */
  async write(path: string, onWritten: (bytes: number) => void): Promise<void> {
    const file = await open(path, "w");
    try {
      for (const [storage, { offset, length, load }] of this.#placed) {
        const bytes = await load();
        if (bytes.byteLength !== length) {
          throw new RangeError(`weight ${storage} has ${bytes.byteLength} bytes, ${length} were announced`);
        }
        for (let done = 0; done < length; ) {
          done += (await file.write(bytes, done, length - done, offset + done)).bytesWritten;
        }
        onWritten(offset + length);
      }
    } finally {
      await file.close();
    }
  }
}
