import type { GraphBuilder } from "../onnx/graph.js";
import { DATA_TYPE } from "../onnx/proto.js";
import type { LinearWriter, Precision } from "./linear.js";
import { type Matrix, type MatrixPart, numbersWeight, scalesWeight, stack } from "./matrix.js";
import { BLOCK } from "./pack.js";
import type { GgufFile } from "./reader.js";

/** Bytes that an unpacked output layer may take in memory. */
const LARGEST = 2 ** 28;

/**
 * Writes the output layer of a graph that is asked for one row at one time and for several at another. onnxruntime's
 * float32 product with 4-bit weights is fast for a lone row; for several it unpacks the weights anew in each run. So
 * in `exact` an 8-bit output layer also has a float32 form for several rows. It is made of the numbers on disk by
 * constant operators, which onnxruntime folds when it opens the graph: it costs memory, 4 bytes a weight, but no disk
 * where the embedding's numbers are the same.
 */
export class HeadWriter {
  constructor(
    readonly graph: GraphBuilder,
    readonly file: GgufFile,
    readonly linear: LinearWriter,
    readonly precision: Precision,
  ) {}

  /**
   * @param hidden name of the states, [rows, width]
   * @returns `output`, name of the logits, [rows, vocabulary]
   */
  write(hidden: string, output: string, part: MatrixPart): string {
    const matrix = stack(this.file, part.tensor.name.replace(/\.weight$/, ""), [part]);
    const isUnpacked =
      this.precision === "exact" && matrix.type === "Q8_0" && 4 * matrix.rows * matrix.columns <= LARGEST;
    if (!isUnpacked) return this.linear.apply(hidden, output, [part]);
    const { graph } = this;
    const [lone, several] = this.#byCount(hidden);
    const ofLone = this.linear.apply(lone, `${output}.lone`, [part]);
    const ofSeveral = graph.node("Gemm", [several, this.#unpacked(matrix)], `${output}.several`, {
      transB: { int: 1 },
    });
    return graph.node("Concat", [ofLone, ofSeveral], output, { axis: { int: 0 } });
  }

  /** The states of a lone row and those of several rows: one of the two is empty. */
  #byCount(hidden: string): [string, string] {
    const { graph } = this;
    const one = graph.integers([1]);
    const count = graph.node("Shape", [hidden], "head.rows", { start: { int: 0 }, end: { int: 1 } });
    const isLone = graph.node("Equal", [count, one], "head.is_lone");
    const cut = graph.node("Cast", [isLone], "head.cut", { to: { int: DATA_TYPE.int64 } });
    const zero = graph.integers([0]);
    return [
      graph.node("Slice", [hidden, zero, cut, zero], "head.lone"),
      graph.node("Slice", [hidden, cut, count, zero], "head.several"),
    ];
  }

  /** Float32 weights, [rows, columns], exactly those that the numbers stand for. */
  #unpacked(matrix: Matrix): string {
    const { graph } = this;
    const { name, rows, columns } = matrix;
    const blocks = graph.integers([rows, columns / BLOCK, BLOCK]);
    const numbers = graph.weight(numbersWeight(matrix, "Q8_0"));
    const float = graph.node("Cast", [numbers], `${name}.unsigned`, { to: { int: DATA_TYPE.float } });
    const signed = graph.node("Sub", [float, graph.float(128)], `${name}.signed`);
    const byBlock = graph.node("Reshape", [signed, blocks], `${name}.blocks`);
    const scales = graph.weight(scalesWeight(matrix, "Q8_0"));
    const scaleByBlock = graph.node(
      "Reshape",
      [scales, graph.integers([rows, columns / BLOCK, 1])],
      `${name}.scales.blocks`,
    );
    const scaled = graph.node("Mul", [byBlock, scaleByBlock], `${name}.scaled`);
    return graph.node("Reshape", [scaled, graph.integers([rows, columns])], `${name}.unpacked`);
  }
}
