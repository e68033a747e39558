import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "./backend.js";

/** An attribute of a TensorFlow operation, as the binding takes it. */
export interface Attribute {
  readonly name: string;
  /** One of the binding's TF_ATTR numbers. */
  readonly type: number;
  readonly value: boolean | number | string | readonly number[];
}

/** What the binding tells of a tensor of TensorFlow's. */
export interface NativeTensor {
  readonly id: number;
  readonly shape: number[];
  /** One of the binding's type numbers, such as TF_FLOAT. */
  readonly dtype: number;
}

/** The part of tfjs-node's binding that is used here: TensorFlow's C library as a few functions. */
export interface Binding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  createTensor(shape: readonly number[], dtype: number, values: ArrayLike<number>): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): NativeTensor[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(id: number, inputs: readonly number[], feeds: string, fetches: string): NativeTensor[];
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
}

/** The part of tfjs-node's backend that is used here. */
export interface NativeBackend {
  /** Replaced while a step is traced. */
  binding: Binding;
  readonly isUsingGpuDevice: boolean;
  /** The binding's ids of these tensors, which are handed to TensorFlow first if they have not been yet. */
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  /** TensorFlow's number of a type. */
  getDTypeInteger(dtype: tf.DataType): number;
  executeSingleOutput(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.TensorInfo[],
  ): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

/** The native backend behind TensorFlow.js, if it is the one in use. */
export function nativeBackend(tf: TensorFlow): NativeBackend | undefined {
  return tf.getBackend() === "tensorflow" ? (tf.backend() as unknown as NativeBackend) : undefined;
}

export function typeAttribute({ binding }: NativeBackend, name: string, value: number): Attribute {
  return { name, type: binding.TF_ATTR_TYPE, value };
}

export function boolAttribute({ binding }: NativeBackend, name: string, value: boolean): Attribute {
  return { name, type: binding.TF_ATTR_BOOL, value };
}
