import protobuf from "protobufjs/light.js";

/**
 * The part of the ONNX interchange format (onnx.proto, IR version 10) that the converter writes. Field numbers are
 * those of the specification; fields it has no use for are absent.
 */
const DESCRIPTOR = {
  nested: {
    ModelProto: message({
      irVersion: [1, "int64"],
      producerName: [2, "string"],
      graph: [7, "GraphProto"],
      opsetImport: [8, "OperatorSetIdProto", "repeated"],
    }),
    OperatorSetIdProto: message({ domain: [1, "string"], version: [2, "int64"] }),
    GraphProto: message({
      node: [1, "NodeProto", "repeated"],
      name: [2, "string"],
      initializer: [5, "TensorProto", "repeated"],
      input: [11, "ValueInfoProto", "repeated"],
      output: [12, "ValueInfoProto", "repeated"],
    }),
    NodeProto: message({
      input: [1, "string", "repeated"],
      output: [2, "string", "repeated"],
      name: [3, "string"],
      opType: [4, "string"],
      attribute: [5, "AttributeProto", "repeated"],
      domain: [7, "string"],
    }),
    AttributeProto: message({
      name: [1, "string"],
      f: [2, "float"],
      i: [3, "int64"],
      ints: [8, "int64", "repeated"],
      type: [20, "int32"],
    }),
    TensorProto: message({
      dims: [1, "int64", "repeated"],
      dataType: [2, "int32"],
      name: [8, "string"],
      rawData: [9, "bytes"],
      externalData: [13, "StringStringEntryProto", "repeated"],
      dataLocation: [14, "int32"],
    }),
    StringStringEntryProto: message({ key: [1, "string"], value: [2, "string"] }),
    ValueInfoProto: message({ name: [1, "string"], type: [2, "TypeProto"] }),
    TypeProto: message({ tensorType: [1, "TensorTypeProto"] }),
    TensorTypeProto: message({ elemType: [1, "int32"], shape: [2, "TensorShapeProto"] }),
    TensorShapeProto: message({ dim: [1, "DimensionProto", "repeated"] }),
    DimensionProto: message({ dimValue: [1, "int64"], dimParam: [2, "string"] }),
  },
};

type FieldRow = readonly [id: number, type: string, rule?: "repeated"];

function message(fields: Record<string, FieldRow>): protobuf.IType {
  const entries = Object.entries(fields).map(([name, [id, type, rule]]) => [name, { id, type, rule }]);
  return { fields: Object.fromEntries(entries) };
}

/** TensorProto.DataType numbers of the types in use. */
export const DATA_TYPE = { float: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float16: 10 } as const;
export type DataType = keyof typeof DATA_TYPE;

/** AttributeProto.AttributeType numbers of the types in use. */
export const ATTRIBUTE_TYPE = { float: 1, int: 2, ints: 7 } as const;

/** TensorProto.DataLocation: the bytes are in another file. */
export const EXTERNAL = 1;

export interface TensorMessage {
  dims: number[];
  dataType: number;
  name: string;
  rawData?: Uint8Array;
  externalData?: { key: string; value: string }[];
  dataLocation?: number;
}

export interface AttributeMessage {
  name: string;
  type: number;
  f?: number;
  i?: number;
  ints?: number[];
}

export interface NodeMessage {
  input: string[];
  output: string[];
  name: string;
  opType: string;
  attribute: AttributeMessage[];
  domain: string;
}

export interface ValueMessage {
  name: string;
  type: { tensorType: { elemType: number; shape: { dim: ({ dimValue: number } | { dimParam: string })[] } } };
}

export interface ModelMessage {
  irVersion: number;
  producerName: string;
  graph: {
    node: NodeMessage[];
    name: string;
    initializer: TensorMessage[];
    input: ValueMessage[];
    output: ValueMessage[];
  };
  opsetImport: { domain: string; version: number }[];
}

const ModelProto = protobuf.Root.fromJSON(DESCRIPTOR).lookupType("ModelProto");

/** The bytes of an ONNX file. */
export function encodeModel(model: ModelMessage): Uint8Array {
  return ModelProto.encode(ModelProto.create(model)).finish();
}

/** What an ONNX file says, as far as this library writes such files. Integers are numbers. */
export function decodeModel(bytes: Uint8Array): ModelMessage {
  return ModelProto.toObject(ModelProto.decode(bytes), { longs: Number, arrays: true }) as ModelMessage;
}
