import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "./backend.js";
import { type NativeBackend, nativeBackend, typeAttribute } from "./nativeBackend.js";

/** Kernels of TensorFlow's C library that TensorFlow.js doesn't offer itself. */
export interface NativeKernels {
  /** Uniform in [0, 1) of this shape, a function of the int32 seed [2] alone. */
  statelessUniform(shape: readonly number[], seed: tf.Tensor1D): tf.Tensor;
}

/** The additional kernels, if the native backend is in use. */
export function nativeKernels(tf: TensorFlow): NativeKernels | undefined {
  const backend = nativeBackend(tf);
  return backend === undefined ? undefined : kernelsOf(tf, backend);
}

function kernelsOf(tf: TensorFlow, backend: NativeBackend): NativeKernels {
  const { TF_FLOAT, TF_INT32 } = backend.binding;
  return {
    statelessUniform(shape, seed) {
      const attributes = [
        typeAttribute(backend, "dtype", TF_FLOAT),
        typeAttribute(backend, "T", TF_INT32),
        typeAttribute(backend, "Tseed", TF_INT32),
      ];
      const size = tf.tensor1d([...shape], "int32");
      return backend.executeSingleOutput("StatelessRandomUniform", attributes, [size, seed]);
    },
  };
}
