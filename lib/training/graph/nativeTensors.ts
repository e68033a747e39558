import type { Binding } from "../../models/backend/nativeBackend.js";

/** Makes tensors in TensorFlow's memory from plain numbers, and takes them back. Ids must be deleted by hand. */
export interface NativeTensors {
  float(values: Float32Array, shape: readonly number[]): number;
  int(values: Int32Array, shape: readonly number[]): number;
  scalar(value: number): number;
  intScalar(value: number): number;
  /** The values of a float tensor; the tensor is deleted. */
  take(id: number): Float32Array;
  delete(ids: Iterable<number>): void;
}

export function nativeTensors(binding: Binding): NativeTensors {
  return {
    float: (values, shape) => binding.createTensor(shape, binding.TF_FLOAT, values.slice()),
    int: (values, shape) => binding.createTensor(shape, binding.TF_INT32, values.slice()),
    scalar: (value) => binding.createTensor([], binding.TF_FLOAT, Float32Array.of(value)),
    intScalar: (value) => binding.createTensor([], binding.TF_INT32, Int32Array.of(value)),
    take(id) {
      const values = Float32Array.from(binding.tensorDataSync(id));
      binding.deleteTensor(id);
      return values;
    },
    delete(ids) {
      for (const id of ids) binding.deleteTensor(id);
    },
  };
}
