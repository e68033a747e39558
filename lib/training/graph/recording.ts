import type { Attribute } from "../../models/backend/nativeBackend.js";

/** A value of a recording: the number of the operation's output, constant or input that it is. */
export type Slot = number;

/** One TensorFlow operation as it was executed. */
export interface RecordedOperation {
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
}

/** A tensor whose values were written down in the program, such as a factor or a shape. */
export interface RecordedConstant {
  readonly slot: Slot;
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** Shape and TensorFlow's number of the type. */
export interface ValueType {
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** What a function of tensors did, as a straight list of TensorFlow operations, in order. */
export interface Recording {
  readonly operations: readonly RecordedOperation[];
  readonly constants: readonly RecordedConstant[];
  /** By slot. */
  readonly types: readonly ValueType[];
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
}
