import protobuf from "protobufjs/light.js";

/**
 * The part of TensorFlow's saved_model.proto, graph.proto and their kin that a computation needs. Field numbers are those
 * of TensorFlow's sources; fields without use here are absent.
 */
const DESCRIPTOR = {
  nested: {
    SavedModel: message({
      savedModelSchemaVersion: [1, "int64"],
      metaGraphs: [2, "MetaGraphDef", "repeated"],
    }),
    MetaGraphDef: message({ metaInfoDef: [1, "MetaInfoDef"], graphDef: [2, "GraphDef"] }),
    MetaInfoDef: message({ tags: [4, "string", "repeated"] }),
    GraphDef: message({ node: [1, "NodeDef", "repeated"], versions: [4, "VersionDef"] }),
    VersionDef: message({ producer: [1, "int32"] }),
    NodeDef: {
      fields: {
        name: { id: 1, type: "string" },
        op: { id: 2, type: "string" },
        input: { id: 3, type: "string", rule: "repeated" },
        attr: { id: 5, type: "AttrValue", keyType: "string" },
      },
    },
    AttrValue: choice({
      list: [1, "ListValue"],
      s: [2, "bytes"],
      i: [3, "int64"],
      f: [4, "float"],
      b: [5, "bool"],
      type: [6, "int32"],
      shape: [7, "TensorShapeProto"],
      tensor: [8, "TensorProto"],
    }),
    ListValue: message({ i: [3, "int64", "repeated"] }),
    TensorShapeProto: message({ dim: [2, "Dim", "repeated"] }),
    Dim: message({ size: [1, "int64"] }),
    TensorProto: message({
      dtype: [1, "int32"],
      tensorShape: [2, "TensorShapeProto"],
      tensorContent: [4, "bytes"],
    }),
  },
};

type FieldRow = readonly [id: number, type: string, rule?: "repeated"];

function message(fields: Record<string, FieldRow>): protobuf.IType {
  const entries = Object.entries(fields).map(([name, [id, type, rule]]) => [name, { id, type, rule }]);
  return { fields: Object.fromEntries(entries) };
}

/** A message that holds one of its fields, which is written even where it is 0, false or empty. */
function choice(fields: Record<string, FieldRow>): protobuf.IType {
  return { ...message(fields), oneofs: { value: { oneof: Object.keys(fields) } } };
}

/** The value of a node's attribute: one of these fields. */
export interface AttrValue {
  readonly list?: { readonly i: readonly number[] };
  readonly s?: Uint8Array;
  readonly i?: number;
  readonly f?: number;
  readonly b?: boolean;
  readonly type?: number;
  readonly shape?: ShapeProto;
  readonly tensor?: {
    readonly dtype: number;
    readonly tensorShape: ShapeProto;
    readonly tensorContent: Uint8Array;
  };
}

export interface ShapeProto {
  readonly dim: readonly { readonly size: number }[];
}

/** One operation of a graph. Inputs are `node`, `node:output`, or `^node` for one that only has to come first. */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, AttrValue>>;
}

/** The tag under which the one graph of a file is found. */
export const TAG = "serve";

/** The version of TensorFlow's graph format that is written: that of TensorFlow 2.11 and later. */
const PRODUCER = 1395;

/** The bytes of a `saved_model.pb` with these operations. */
export function encodeSavedModel(nodes: readonly NodeDef[]): Uint8Array {
  const graphDef = { node: nodes, versions: { producer: PRODUCER } };
  const metaGraphs = [{ metaInfoDef: { tags: [TAG] }, graphDef }];
  const type = protobuf.Root.fromJSON(DESCRIPTOR).lookupType("SavedModel");
  return type.encode(type.fromObject({ savedModelSchemaVersion: 1, metaGraphs })).finish();
}
