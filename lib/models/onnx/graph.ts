import {
  ATTRIBUTE_TYPE,
  type AttributeMessage,
  DATA_TYPE,
  type DataType,
  EXTERNAL,
  encodeModel,
  type NodeMessage,
  type TensorMessage,
  type ValueMessage,
} from "./proto.js";
import type { Weight, WeightFile } from "./weights.js";

/** An operator's attribute. Integers and floats differ in ONNX, so they are told apart here. */
export type Attribute = { int: number } | { ints: readonly number[] } | { float: number };

/** A dimension: its size, or its name where the size is known only when the graph runs. */
export type Dimension = number | string;

/** onnxruntime's own operators, which live in a domain beside the standard. */
const MICROSOFT = "com.microsoft";
const MICROSOFT_OPERATORS = new Set([
  "FastGelu",
  "FusedMatMul",
  "GatherBlockQuantized",
  "GroupQueryAttention",
  "MatMulNBits",
  "RotaryEmbedding",
  "SkipSimplifiedLayerNormalization",
]);

const IR_VERSION = 10;
const OPSET = 22;

/** Collects the nodes and constants of one ONNX graph; knows nothing about language models. */
export class GraphBuilder {
  #nodes: NodeMessage[] = [];
  #initializers = new Map<string, TensorMessage>();
  #inputs: ValueMessage[] = [];
  #outputs: ValueMessage[] = [];

  constructor(
    readonly name: string,
    readonly weights: WeightFile,
  ) {}

  input(name: string, type: DataType, shape: readonly Dimension[]): string {
    this.#inputs.push(valueInfo(name, type, shape));
    return name;
  }

  output(name: string, type: DataType, shape: readonly Dimension[]): void {
    this.#outputs.push(valueInfo(name, type, shape));
  }

  /**
   * Adds an operator. `""` stands for an optional input or output that is left out.
   * @param outputs one name, or several for an operator with several outputs
   * @returns the first output's name
   */
  node(
    opType: string,
    input: readonly string[],
    outputs: string | readonly [string, ...string[]],
    attributes: Record<string, Attribute> = {},
  ): string {
    const output = typeof outputs === "string" ? ([outputs] as const) : outputs;
    const attribute = Object.entries(attributes).map(([name, value]) => attributeMessage(name, value));
    const domain = MICROSOFT_OPERATORS.has(opType) ? MICROSOFT : "";
    this.#nodes.push({ input: [...input], output: [...output], name: output[0], opType, attribute, domain });
    return output[0];
  }

  /** A small integer constant, such as a target shape, kept in the graph itself. */
  integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const name = `int64[${shape.join(",")}](${values.join(",")})`;
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#initializers.set(name, { name, dims: [...shape], dataType: DATA_TYPE.int64, rawData });
    return name;
  }

  /** A single float constant, kept in the graph itself. */
  float(value: number): string {
    const name = `float(${value})`;
    const rawData = new Uint8Array(Float32Array.of(value).buffer);
    this.#initializers.set(name, { name, dims: [], dataType: DATA_TYPE.float, rawData });
    return name;
  }

  /** A constant whose bytes go to the weights file. */
  weight(weight: Weight): string {
    const { offset, length } = this.weights.place(weight);
    const entries = { location: this.weights.location, offset: String(offset), length: String(length) };
    this.#initializers.set(weight.name, {
      name: weight.name,
      dims: [...weight.shape],
      dataType: DATA_TYPE[weight.type],
      externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
      dataLocation: EXTERNAL,
    });
    return weight.name;
  }

  /** The bytes of the ONNX file. */
  encode(): Uint8Array {
    return encodeModel({
      irVersion: IR_VERSION,
      producerName: "logitbook",
      graph: {
        name: this.name,
        node: this.#nodes,
        initializer: [...this.#initializers.values()],
        input: this.#inputs,
        output: this.#outputs,
      },
      opsetImport: [
        { domain: "", version: OPSET },
        { domain: MICROSOFT, version: 1 },
      ],
    });
  }
}

function attributeMessage(name: string, value: Attribute): AttributeMessage {
  if ("int" in value) return { name, type: ATTRIBUTE_TYPE.int, i: value.int };
  if ("float" in value) return { name, type: ATTRIBUTE_TYPE.float, f: value.float };
  return { name, type: ATTRIBUTE_TYPE.ints, ints: [...value.ints] };
}

function valueInfo(name: string, type: DataType, shape: readonly Dimension[]): ValueMessage {
  const dim = shape.map((size) => (typeof size === "number" ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: DATA_TYPE[type], shape: { dim } } } };
}
