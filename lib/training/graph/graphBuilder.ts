import type { Attribute, Binding } from "../../models/backend/nativeBackend.js";
import type { AttrValue, NodeDef, ShapeProto } from "./proto.js";
import type { Recording, Slot } from "./recording.js";

type Values = Float32Array | Int32Array | Uint8Array;

/** Puts a graph together, node by node. Every function returns the name by which others read the node. */
export class GraphBuilder {
  readonly nodes: NodeDef[] = [];
  readonly #binding: Binding;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  node(
    name: string,
    op: string,
    input: readonly string[],
    attr: Readonly<Record<string, AttrValue>> = {},
  ): string {
    this.nodes.push({ name, op, input, attr });
    return name;
  }

  /** A value that is given at each run. */
  placeholder(name: string, shape: readonly number[], dtype = this.#binding.TF_FLOAT): string {
    return this.node(name, "Placeholder", [], {
      dtype: { type: dtype },
      shape: { shape: shapeProto(shape) },
    });
  }

  constant(name: string, shape: readonly number[], dtype: number, values: Values): string {
    const tensorContent = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const tensor = { dtype, tensorShape: shapeProto(shape), tensorContent };
    return this.node(name, "Const", [], { dtype: { type: dtype }, value: { tensor } });
  }

  scalar(name: string, value: number): string {
    return this.constant(name, [], this.#binding.TF_FLOAT, Float32Array.of(value));
  }

  /** A float32 operation whose only attribute is its type. */
  float(name: string, op: string, input: readonly string[]): string {
    return this.node(name, op, input, { T: { type: this.#binding.TF_FLOAT } });
  }

  /** A float32 variable that lives as long as the graph. */
  variable(name: string, shape: readonly number[]): string {
    return this.node(name, "VarHandleOp", [], {
      dtype: { type: this.#binding.TF_FLOAT },
      shape: { shape: shapeProto(shape) },
      shared_name: { s: new TextEncoder().encode(name) },
      container: { s: new Uint8Array() },
    });
  }

  read(name: string, variable: string): string {
    return this.node(name, "ReadVariableOp", [variable], { dtype: { type: this.#binding.TF_FLOAT } });
  }

  assign(name: string, op: string, input: readonly string[]): string {
    return this.node(name, op, input, { dtype: { type: this.#binding.TF_FLOAT } });
  }

  /** The operations of a recording. @param inputs the nodes that its inputs are; returns those that its outputs are */
  embed(prefix: string, recording: Recording, inputs: readonly string[]): string[] {
    const names = new Map<Slot, string>(recording.inputs.map((slot, i) => [slot, inputs[i]]));
    for (const { slot, values } of recording.constants) {
      const { shape, dtype } = recording.types[slot];
      names.set(slot, this.constant(`${prefix}/constant${slot}`, shape, dtype, values));
    }
    for (const [i, operation] of recording.operations.entries()) {
      const input = operation.inputs.map((slot) => names.get(slot)!);
      const attributes = operation.attributes.map((found) => [found.name, this.#attribute(found)]);
      const name = this.node(`${prefix}/${i}`, operation.name, input, Object.fromEntries(attributes));
      for (const [output, slot] of operation.outputs.entries()) {
        names.set(slot, output === 0 ? name : `${name}:${output}`);
      }
    }
    return recording.outputs.map((slot) => names.get(slot)!);
  }

  #attribute({ name, type, value }: Attribute): AttrValue {
    const binding = this.#binding;
    if (type === binding.TF_ATTR_STRING) return { s: new TextEncoder().encode(value as string) };
    if (type === binding.TF_ATTR_INT) {
      return Array.isArray(value) ? { list: { i: value } } : { i: value as number };
    }
    if (type === binding.TF_ATTR_FLOAT) return { f: value as number };
    if (type === binding.TF_ATTR_BOOL) return { b: Boolean(value) };
    if (type === binding.TF_ATTR_TYPE) return { type: value as number };
    if (type === binding.TF_ATTR_SHAPE) return { shape: shapeProto(value as readonly number[]) };
    throw new Error(`the step has an attribute of a kind that graphs here don't know (${name})`);
  }
}

function shapeProto(shape: readonly number[]): ShapeProto {
  return { dim: shape.map((size) => ({ size })) };
}
