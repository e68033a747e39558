import type { Weight } from "../onnx/weights.js";
import { dequantize } from "./dequantize.js";
import type { SupportedType } from "./ggml.js";
import { BLOCK, type BlockType, bitsOf, packNumbers, packOffsets, packScales, transpose } from "./pack.js";
import type { GgufFile, ReadableTensor } from "./reader.js";

/** A weight matrix, `rows` x `columns`, made of one or several tensors of one type set below each other. */
export interface Matrix {
  /** Name of its initialisers' family. */
  readonly name: string;
  readonly type: SupportedType;
  readonly rows: number;
  readonly columns: number;
  /** The bytes of all rows as ggml writes them. */
  read(): Promise<Uint8Array>;
}

/** A tensor of the file, with its rows in another order if asked: row `i` is the file's row `order[i]`. */
export interface MatrixPart {
  readonly tensor: ReadableTensor;
  readonly order?: Int32Array;
}

/** Sets tensors of one type and width below each other. */
export function stack(file: GgufFile, name: string, parts: readonly [MatrixPart, ...MatrixPart[]]): Matrix {
  const { type, columns } = parts[0].tensor;
  return {
    name,
    type,
    columns,
    rows: parts.reduce((sum, part) => sum + part.tensor.rows, 0),
    read: async () => {
      const pieces: Uint8Array[] = [];
      for (const { tensor, order } of parts) {
        const bytes = await file.read(tensor);
        pieces.push(order ? reorderRows(bytes, order) : bytes);
      }
      return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    },
  };
}

/** As few matrices as tensors that read the same input make: one where all are of one type, else one each. */
export function stackAlike(
  file: GgufFile,
  name: string,
  parts: readonly [MatrixPart, ...MatrixPart[]],
): Matrix[] {
  if (parts.length > 1 && parts.every(({ tensor }) => tensor.type === parts[0].tensor.type)) {
    return [stack(file, name, parts)];
  }
  return parts.map((part) => stack(file, familyOf(part), [part]));
}

/** A lone tensor lends its name to its initialisers, so that a tied output layer finds the embedding's. */
function familyOf(part: MatrixPart): string {
  return part.tensor.name.replace(/\.weight$/, "");
}

/** Rows of equal length in another order. */
function reorderRows(bytes: Uint8Array, order: Int32Array): Uint8Array {
  const length = bytes.byteLength / order.length;
  const ordered = new Uint8Array(bytes.byteLength);
  for (const [to, from] of order.entries()) {
    ordered.set(bytes.subarray(from * length, (from + 1) * length), to * length);
  }
  return ordered;
}

/** Quantised numbers as MatMulNBits wants them, [rows, blocks, bytes]. */
export function numbersWeight(matrix: Matrix, type: BlockType): Weight {
  const blockBytes = bitsOf(type) * 4;
  const shape = [matrix.rows, matrix.columns / BLOCK, blockBytes];
  return weight(`${matrix.name}.numbers`, "uint8", shape, async () => packNumbers(type, await matrix.read()));
}

/** One scale for each block, [rows, blocks]. */
export function scalesWeight(matrix: Matrix, type: BlockType): Weight {
  const shape = [matrix.rows, matrix.columns / BLOCK];
  return weight(`${matrix.name}.scales`, "float", shape, async () => bytesOf(await scalesOf(matrix, type)));
}

export async function scalesOf(matrix: Matrix, type: BlockType): Promise<Float32Array> {
  return packScales(type, await matrix.read());
}

/** Q4_1's offset of each block, [blocks, rows]. */
export function offsetsWeight(matrix: Matrix): Weight {
  const shape = [matrix.columns / BLOCK, matrix.rows];
  return weight(`${matrix.name}.offsets`, "float", shape, async () =>
    bytesOf(transpose(packOffsets(await matrix.read()), matrix.rows)),
  );
}

/** The numbers themselves, [rows, columns]: an F16 tensor stays in halves, others become float32. */
export function floatWeight(matrix: Matrix, shape = [matrix.rows, matrix.columns]): Weight {
  if (matrix.type === "F16") return weight(`${matrix.name}.halves`, "float16", shape, matrix.read);
  return weight(`${matrix.name}.floats`, "float", shape, async () =>
    bytesOf(dequantize(matrix.type, await matrix.read())),
  );
}

const ITEM_BYTES = { float: 4, float16: 2, uint8: 1 } as const;

/** A weight with a storage of its own. */
export function weight(
  name: string,
  type: keyof typeof ITEM_BYTES,
  shape: readonly number[],
  load: () => Promise<Uint8Array>,
): Weight {
  const byteLength = shape.reduce((product, size) => product * size, ITEM_BYTES[type]);
  return { name, type, shape, storage: name, byteLength, load };
}

/** The same bytes seen under another name and shape. */
export function viewAs(original: Weight, name: string, shape: readonly number[]): Weight {
  return { ...original, name, shape };
}

export function bytesOf(numbers: Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
