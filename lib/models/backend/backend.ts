import type * as tf from "@tensorflow/tfjs";

/** TensorFlow.js as a value. It is heavy, so it is loaded by `openBackend` and handed on, never imported. */
export type TensorFlow = typeof tf;

/** What computes: TensorFlow's C library on a GPU or on the CPU, WebAssembly, or plain JavaScript. */
export type BackendName = "native-gpu" | "native" | "wasm" | "cpu";

/** TensorFlow.js with the best backend that this machine offers. */
export interface Backend {
  readonly name: BackendName;
  /** One line that says why this one, and what would make it faster, for a person to read. */
  readonly reason: string;
  /** The one instance of TensorFlow.js in this process, set to this backend. */
  readonly tf: TensorFlow;
}
