/** Thrown inside the reader when the bytes at hand end before the header does. */
export class OutOfBytes extends Error {}

/** A value of GGUF metadata. 64-bit integers become numbers. */
export type MetadataValue = string | number | boolean | readonly MetadataValue[];

// A byte order mark that begins a token is part of it.
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads little-endian values one after the other. */
export class Cursor {
  #view: DataView;
  #offset = 0;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get offset(): number {
    return this.#offset;
  }

  /** Moves past `length` bytes and returns where they begin. */
  #advance(length: number): number {
    const start = this.#offset;
    if (!(length <= this.bytes.byteLength - start)) throw new OutOfBytes();
    this.#offset = start + length;
    return start;
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  string(): string {
    const length = this.uint64();
    const start = this.#advance(length);
    return UTF8.decode(this.bytes.subarray(start, start + length));
  }

  /** A metadata value of the given GGUF value type; undefined for a type that the format doesn't have. */
  value(type: number): MetadataValue | undefined {
    const view = this.#view;
    switch (type) {
      case 0:
        return view.getUint8(this.#advance(1));
      case 1:
        return view.getInt8(this.#advance(1));
      case 2:
        return view.getUint16(this.#advance(2), true);
      case 3:
        return view.getInt16(this.#advance(2), true);
      case 4:
        return this.uint32();
      case 5:
        return view.getInt32(this.#advance(4), true);
      case 6:
        return view.getFloat32(this.#advance(4), true);
      case 7:
        return view.getUint8(this.#advance(1)) !== 0;
      case 8:
        return this.string();
      case 9:
        return this.#array();
      case 10:
        return this.uint64();
      case 11:
        return Number(view.getBigInt64(this.#advance(8), true));
      case 12:
        return view.getFloat64(this.#advance(8), true);
      default:
        return undefined;
    }
  }

  #array(): MetadataValue[] | undefined {
    const type = this.uint32();
    const length = this.uint64();
    const values: MetadataValue[] = [];
    for (let i = 0; i < length; i++) {
      const value = this.value(type);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  }
}
