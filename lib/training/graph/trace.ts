import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../../models/backend/backend.js";
import type { Binding, NativeBackend } from "../../models/backend/nativeBackend.js";
import { optimise } from "./optimise.js";
import type { RecordedConstant, RecordedOperation, Recording, Slot, ValueType } from "./recording.js";

/** Operations that give other numbers at each run. A trace would freeze the seed that TensorFlow.js drew for them. */
const UNSEEDED = /^(Random|Multinomial|ParameterizedTruncatedNormal|TruncatedNormal)/;

/** Longer constants are not compared with each other. */
const COMPARED = 4000;

/**
 * Runs a function of tensors once on the native backend, and records every operation that reaches TensorFlow's C
 * library. What the function does must depend on its inputs' shapes alone, not on their values.
 * @param inputs all tensors that the function reads
 * @param compute its results; whatever else it makes is disposed
 * @throws Error where the function reads other tensors, or draws random numbers without a seed
 */
export function trace(
  tf: TensorFlow,
  backend: NativeBackend,
  inputs: readonly tf.Tensor[],
  compute: () => readonly tf.Tensor[],
): Recording {
  const recorder = new Recorder(backend.binding);
  const binding = backend.binding;
  const idsOf = (tensors: readonly tf.Tensor[]) => backend.getInputTensorIds(tensors);
  const inputSlots = idsOf(inputs).map((id, i) =>
    recorder.value(id, { shape: inputs[i].shape, dtype: backend.getDTypeInteger(inputs[i].dtype) }),
  );
  backend.binding = recorder.binding();
  try {
    const outputs = tf.tidy(() => idsOf(compute()).map((id) => recorder.slotOf(id)));
    return optimise({ ...recorder.recorded(), inputs: inputSlots, outputs });
  } finally {
    backend.binding = binding;
  }
}

class Recorder {
  readonly #binding: Binding;
  readonly #slots = new Map<number, Slot>();
  readonly #types: ValueType[] = [];
  readonly #operations: RecordedOperation[] = [];
  readonly #constants: RecordedConstant[] = [];
  readonly #equal = new Map<string, Slot>();

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  value(id: number, type: ValueType): Slot {
    this.#slots.set(id, this.#types.length);
    return this.#types.push(type) - 1;
  }

  slotOf(id: number): Slot {
    const slot = this.#slots.get(id);
    if (slot === undefined) throw new Error("the step reads a tensor that is not among its inputs");
    return slot;
  }

  recorded() {
    return { operations: this.#operations, constants: this.#constants, types: this.#types };
  }

  /** The binding, with its two functions that make tensors replaced by recording ones. */
  binding(): Binding {
    const real = this.#binding;
    const createTensor: Binding["createTensor"] = (shape, dtype, values) => {
      const id = real.createTensor(shape, dtype, values);
      this.#constant(id, { shape: [...shape], dtype }, values);
      return id;
    };
    const executeOp: Binding["executeOp"] = (name, attributes, inputs, count) => {
      if (UNSEEDED.test(name)) throw new Error(`the step draws random numbers without a seed (${name})`);
      const read = inputs.map((id) => this.slotOf(id));
      const results = real.executeOp(name, attributes, inputs, count);
      const outputs = results.map(({ id, shape, dtype }) => this.value(id, { shape, dtype }));
      this.#operations.push({ name, attributes: [...attributes], inputs: read, outputs });
      return results;
    };
    return Object.create(real, { createTensor: { value: createTensor }, executeOp: { value: executeOp } });
  }

  #constant(id: number, type: ValueType, values: ArrayLike<number>): void {
    const copy = this.#copy(type.dtype, values);
    const key = `${type.dtype} ${type.shape} ${copy.length > COMPARED ? `#${id}` : copy.join()}`;
    const equal = this.#equal.get(key);
    if (equal !== undefined) {
      this.#slots.set(id, equal);
      return;
    }
    const slot = this.value(id, type);
    this.#equal.set(key, slot);
    this.#constants.push({ slot, values: copy });
  }

  #copy(dtype: number, values: ArrayLike<number>): RecordedConstant["values"] {
    const { TF_FLOAT, TF_INT32, TF_BOOL } = this.#binding;
    if (dtype === TF_FLOAT) return Float32Array.from(values);
    if (dtype === TF_INT32) return Int32Array.from(values);
    if (dtype === TF_BOOL) return Uint8Array.from(values);
    throw new Error(`the step has a constant of a type that graphs here don't know (${dtype})`);
  }
}
