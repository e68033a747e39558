import { readFileSync } from "node:fs";
import { join } from "node:path";
import { halfToFloat } from "../../../lib/core/half.js";
import { decodeModel, type TensorMessage } from "../../../lib/models/onnx/proto.js";

/** Sizes that say where a tensor's rows went. */
export interface RowLayout {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
}

/** The stacked matrix that a tensor's rows may be part of. */
const STACKS: Readonly<Record<string, string>> = {
  attn_q: "attn_qkv",
  attn_k: "attn_qkv",
  attn_v: "attn_qkv",
  ffn_gate: "ffn_gate_up",
  ffn_up: "ffn_gate_up",
};

/** Reads weights back from an ONNX file, knowing only the file and how its operators read them. */
export class RebuiltWeights {
  readonly #constants: ReadonlyMap<string, TensorMessage>;
  readonly #folder: string;
  readonly #files = new Map<string, Buffer>();

  constructor(
    directory: string,
    graph: string,
    readonly layout: RowLayout,
  ) {
    this.#folder = join(directory, "onnx");
    const model = decodeModel(readFileSync(join(this.#folder, graph)));
    this.#constants = new Map(model.graph.initializer.map((constant) => [constant.name, constant]));
  }

  /** Every copy that the graph holds of a tensor of the GGUF file, with its rows in that file's order. */
  copies(name: string): Float32Array[] {
    const family = name.replace(/\.weight$/, "");
    const [, layer, part] = /^(blk\.\d+)\.(.*)$/.exec(family) ?? [];
    const alone = this.#matrices(family);
    const copies =
      alone.length > 0 ? alone : this.#matrices(`${layer}.${STACKS[part]}`).map((m) => this.#slice(m, part));
    if (copies.length === 0) throw new Error(`no constant holds ${name}`);
    return copies.map((matrix) => this.#restore(part, matrix));
  }

  /** The part of a stacked matrix that belongs to one tensor. */
  #slice(matrix: Float32Array, part: string): Float32Array {
    const { heads, kvHeads } = this.layout;
    const sizes = part.startsWith("ffn")
      ? { ffn_gate: 1, ffn_up: 1 }
      : { attn_q: heads, attn_k: kvHeads, attn_v: kvHeads };
    const unit = matrix.length / Object.values(sizes).reduce((sum, size) => sum + size, 0);
    let start = 0;
    for (const [name, size] of Object.entries(sizes)) {
      if (name === part) return matrix.slice(start * unit, (start + size) * unit);
      start += size;
    }
    throw new Error(`no part ${part}`);
  }

  /** Queries and keys: from halves (0, n/2), (1, n/2 + 1) back to neighbours (0, 1), (2, 3). */
  #restore(part: string, matrix: Float32Array): Float32Array {
    const { heads, kvHeads, headSize } = this.layout;
    if (part !== "attn_q" && part !== "attn_k") return matrix;
    const rows = (part === "attn_q" ? heads : kvHeads) * headSize;
    const columns = matrix.length / rows;
    const restored = new Float32Array(matrix.length);
    for (let row = 0; row < rows; row++) {
      const within = row % headSize;
      const from = row - within + (within >> 1) + (within & 1) * (headSize / 2);
      restored.set(matrix.subarray(from * columns, (from + 1) * columns), row * columns);
    }
    return restored;
  }

  #matrices(family: string): Float32Array[] {
    const forms: [ending: string, read: () => Float32Array][] = [
      [".floats", () => this.#floats(`${family}.floats`)],
      [".halves", () => Float32Array.from(new Uint16Array(this.#bytes(`${family}.halves`)), halfToFloat)],
      [".pairs", () => this.#pairs(family)],
      [".numbers", () => this.#blocks(family, ".numbers")],
      [".numbers.flat", () => this.#blocks(family, ".numbers.flat")],
    ];
    return forms.filter(([ending]) => this.#constants.has(family + ending)).map(([, read]) => read());
  }

  /** scale * (number - zero) + offset, as MatMulNBits and the block sums compute it. */
  #blocks(family: string, ending: string): Float32Array {
    const [rows, blocks] = this.#constant(`${family}.scales`).dims;
    const numbers = new Uint8Array(this.#bytes(family + ending));
    const scales = this.#floats(`${family}.scales`);
    const offsets = this.#constants.has(`${family}.offsets`) ? this.#floats(`${family}.offsets`) : undefined;
    const isBytes = numbers.length === rows * blocks * 32;
    const matrix = new Float32Array(rows * blocks * 32);
    for (let block = 0; block < rows * blocks; block++) {
      const offset = offsets ? offsets[(block % blocks) * rows + Math.floor(block / blocks)] : 0;
      for (let i = block * 32; i < block * 32 + 32; i++) {
        const centred = isBytes ? numbers[i] - 128 : nibble(numbers, i) - 8;
        matrix[i] = scales[block] * centred + offset;
      }
    }
    return matrix;
  }

  /** The left half of a row holds high, the right half low four bits; each block has its own zero point. */
  #pairs(family: string): Float32Array {
    const [rows, doubled] = this.#constant(`${family}.pairs`).dims;
    const numbers = new Uint8Array(this.#bytes(`${family}.pairs`));
    const scales = this.#floats(`${family}.pairs.scales`);
    const zeros = new Uint8Array(this.#bytes(`${family}.pairs.zeros`));
    const blocks = doubled / 2;
    const matrix = new Float32Array(rows * blocks * 32);
    for (let block = 0; block < rows * blocks; block++) {
      const left = block + Math.floor(block / blocks) * blocks;
      const right = left + blocks;
      for (let i = 0; i < 32; i++) {
        const high = scales[left] * (nibble(numbers, left * 32 + i) - nibble(zeros, left));
        const low = scales[right] * (nibble(numbers, right * 32 + i) - nibble(zeros, right));
        matrix[block * 32 + i] = high + low;
      }
    }
    return matrix;
  }

  #floats(name: string): Float32Array {
    return new Float32Array(this.#bytes(name));
  }

  /** A copy of the constant's bytes in the file that the graph names. */
  #bytes(name: string): ArrayBuffer {
    const entries = (this.#constant(name).externalData ?? []).map(({ key, value }) => [key, value]);
    const { location, offset, length } = Object.fromEntries(entries);
    const file = this.#files.get(location) ?? readFileSync(join(this.#folder, location));
    this.#files.set(location, file);
    return Uint8Array.from(file.subarray(Number(offset), Number(offset) + Number(length))).buffer;
  }

  #constant(name: string): TensorMessage {
    const constant = this.#constants.get(name);
    if (!constant) throw new Error(`the graph has no constant ${name}`);
    return constant;
  }
}

/** Number `i` of a list of 4-bit numbers, the first of a byte in its low half. */
function nibble(bytes: Uint8Array, i: number): number {
  return (bytes[i >> 1] >> (4 * (i & 1))) & 15;
}
