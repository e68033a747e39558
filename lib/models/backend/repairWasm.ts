import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "./backend.js";

/** The part of the wasm backend that its kernels use. */
interface WasmBackend {
  makeOutput(shape: readonly number[], dtype: string): tf.TensorInfo;
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array | Int32Array;
  disposeData(dataId: object): void;
}

interface KernelCall {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly backend: WasmBackend;
}

type Kernel = (call: KernelCall) => tf.TensorInfo;

/**
 * Makes the wasm backend of TensorFlow.js 4.22 train: adds the kernel that the gradient of `gather` needs, and takes the
 * fast path for products of transposed matrices, which gradients are full of (four to five times faster). Does nothing
 * the second time.
 */
export function repairWasm(tf: TensorFlow): void {
  if (tf.getKernel("UnsortedSegmentSum", "wasm") !== undefined) return;
  tf.registerKernel({
    kernelName: "UnsortedSegmentSum",
    backendName: "wasm",
    kernelFunc: unsortedSegmentSum as unknown as tf.KernelFunc,
  });
  const stock = tf.getKernel("BatchMatMul", "wasm");
  const product = stock.kernelFunc as unknown as Kernel;
  const transpose = tf.getKernel("Transpose", "wasm").kernelFunc as unknown as Kernel;
  const repaired: Kernel = (call) => transposedFirst(call, product, transpose);
  tf.unregisterKernel("BatchMatMul", "wasm");
  tf.registerKernel({ ...stock, kernelFunc: repaired as unknown as tf.KernelFunc }); // keeps its setup
}

/** Adds the rows of `x` that have the same id; rows with a negative id are left out. */
function unsortedSegmentSum({ inputs: { x, segmentIds }, attrs, backend }: KernelCall): tf.TensorInfo {
  const rest = x.shape.slice(segmentIds.shape.length);
  const width = rest.reduce((product, size) => product * size, 1);
  const sums = backend.makeOutput([attrs.numSegments as number, ...rest], x.dtype);
  const [into, values, ids] = [sums, x, segmentIds].map((tensor) => backend.typedArrayFromHeap(tensor));
  into.fill(0);
  for (let row = 0; row < ids.length; row++) {
    if (ids[row] < 0) continue;
    for (let at = 0; at < width; at++) into[ids[row] * width + at] += values[row * width + at];
  }
  return sums;
}

/** The product's kernel is fast only where nothing is transposed, and transposing first costs little. */
function transposedFirst(call: KernelCall, product: Kernel, transpose: Kernel): tf.TensorInfo {
  const { attrs, backend } = call;
  const turned: tf.TensorInfo[] = [];
  const turn = (x: tf.TensorInfo, wanted: unknown): tf.TensorInfo => {
    if (!wanted) return x;
    const perm = x.shape.map((_, axis) => axis);
    perm.push(...perm.splice(-2).reverse());
    turned.push(transpose({ inputs: { x }, attrs: { perm }, backend }));
    return turned[turned.length - 1];
  };
  const a = turn(call.inputs.a, attrs.transposeA);
  const b = turn(call.inputs.b, attrs.transposeB);
  const result = product({ inputs: { a, b }, attrs: { transposeA: false, transposeB: false }, backend });
  for (const { dataId } of turned) backend.disposeData(dataId);
  return result;
}
