import type { GraphBuilder } from "../onnx/graph.js";
import { DATA_TYPE } from "../onnx/proto.js";
import type { Weight } from "../onnx/weights.js";
import {
  floatWeight,
  type Matrix,
  type MatrixPart,
  numbersWeight,
  offsetsWeight,
  scalesWeight,
  stackAlike,
} from "./matrix.js";
import { nibblePairs } from "./nibbles.js";
import { BLOCK, type BlockType, bitsOf } from "./pack.js";
import type { GgufFile } from "./reader.js";

/** `exact` computes in float32, `fast` rounds activations to 8 bits before quantised products. */
export type Precision = "exact" | "fast";

/** MatMulNBits' `accuracy_level`: the least precise type it may compute in (1: float32, 4: int8). */
const ACCURACY_LEVEL: Record<Precision, number> = { exact: 1, fast: 4 };

/** Writes linear layers, y = x Wᵀ, into one graph. Activations are matrices, [rows, width]. */
export class LinearWriter {
  #blockSums = new Map<string, string>();

  constructor(
    readonly graph: GraphBuilder,
    readonly file: GgufFile,
    readonly precision: Precision,
  ) {}

  /**
   * One product for several tensors that read the same input, where their types allow it.
   * @returns the name of the outputs side by side, [rows, sum of the tensors' rows]
   */
  apply(input: string, output: string, parts: readonly [MatrixPart, ...MatrixPart[]]): string {
    const [first, ...others] = stackAlike(this.file, output, parts);
    if (others.length === 0) return this.#product(input, output, first);
    const outputs = [first, ...others].map((matrix) => this.#product(input, matrix.name, matrix));
    return this.graph.node("Concat", outputs, output, { axis: { int: -1 } });
  }

  #product(input: string, output: string, matrix: Matrix): string {
    switch (matrix.type) {
      case "F32":
      case "F16":
        return this.#floatProduct(input, output, matrix);
      case "Q4_0":
        return this.#blockProduct(input, output, matrix, matrix.type);
      case "Q4_1":
        return this.#offsetProduct(input, output, matrix);
      case "Q8_0":
        return this.precision === "exact"
          ? this.#pairProduct(input, output, matrix)
          : this.#blockProduct(input, output, matrix, matrix.type);
    }
  }

  /** onnxruntime folds the cast of a half-precision matrix when it opens the graph. */
  #floatProduct(input: string, output: string, matrix: Matrix): string {
    const stored = this.graph.weight(floatWeight(matrix));
    const weights =
      matrix.type === "F16"
        ? this.graph.node("Cast", [stored], `${stored}.float`, { to: { int: DATA_TYPE.float } })
        : stored;
    return this.graph.node("Gemm", [input, weights], output, { transB: { int: 1 } });
  }

  #blockProduct(input: string, output: string, matrix: Matrix, type: BlockType): string {
    const weights = [numbersWeight(matrix, type), scalesWeight(matrix, type)];
    return this.#matMulNBits(input, output, weights, bitsOf(type), matrix.rows, matrix.columns);
  }

  /** An offset is added to all 32 weights of a block, so it multiplies the sum of that block's inputs. */
  #offsetProduct(input: string, output: string, matrix: Matrix): string {
    const product = this.#blockProduct(input, `${output}.symmetric`, matrix, "Q4_1");
    const offsets = this.graph.weight(offsetsWeight(matrix));
    return this.graph.node("Gemm", [this.#blockSum(input, matrix.columns), offsets, product], output);
  }

  #pairProduct(input: string, output: string, matrix: Matrix): string {
    const { numbers, scales, zeros } = nibblePairs(matrix);
    const twice = this.graph.node("Concat", [input, input], `${output}.twice`, { axis: { int: -1 } });
    return this.#matMulNBits(twice, output, [numbers, scales, zeros], 4, matrix.rows, 2 * matrix.columns);
  }

  #matMulNBits(
    input: string,
    output: string,
    weights: Weight[],
    bits: number,
    rows: number,
    columns: number,
  ) {
    const names = weights.map((weight) => this.graph.weight(weight));
    return this.graph.node("MatMulNBits", [input, ...names], output, {
      K: { int: columns },
      N: { int: rows },
      bits: { int: bits },
      block_size: { int: BLOCK },
      accuracy_level: { int: ACCURACY_LEVEL[this.precision] },
    });
  }

  /** Sums of 32 neighbours of the input, [rows, blocks]; computed once for all layers that read it. */
  #blockSum(input: string, columns: number): string {
    const known = this.#blockSums.get(input);
    if (known) return known;
    const { graph } = this;
    const shape = graph.integers([-1, columns / BLOCK, BLOCK]);
    const blocks = graph.node("Reshape", [input, shape], `${input}.blocks`);
    const sums = graph.node("ReduceSum", [blocks, graph.integers([2])], `${input}.block_sums`, {
      keepdims: { int: 0 },
    });
    this.#blockSums.set(input, sums);
    return sums;
  }
}
