import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../../models/backend/backend.js";
import { boolAttribute, type NativeBackend, typeAttribute } from "../../models/backend/nativeBackend.js";

/** Kernels of TensorFlow's C library that hand-written gradients are made of, as functions of tensors. */
export interface FusedKernels {
  /** Per row the cross-entropy of logits [rows, vocab] with int32 targets [rows], and its gradient. */
  crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor1D): [losses: tf.Tensor1D, gradient: tf.Tensor2D];
  /** dy · y · (1 - y) for y = sigmoid(x). */
  sigmoidGradient<T extends tf.Tensor>(y: tf.Tensor, dy: tf.Tensor): T;
  /** dy · (1 - y²) for y = tanh(x). */
  tanhGradient<T extends tf.Tensor>(y: tf.Tensor, dy: tf.Tensor): T;
  /** Sum over all axes but the last. */
  biasGradient(dy: tf.Tensor): tf.Tensor1D;
  biasAdd<T extends tf.Tensor>(x: T, bias: tf.Tensor1D): T;
  /** Product of two matrices. */
  product(a: tf.Tensor2D, b: tf.Tensor2D, transposeA?: boolean, transposeB?: boolean): tf.Tensor2D;
  /**
   * aᵀ b, the gradient of weights. The narrower matrix is the one that TensorFlow transposes, which it packs column by
   * column: with 1,024 columns the product takes up to twice as long as with 256.
   */
  crossProduct(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D;
  /** A product by the kernel that is fastest for the matrices of recurrent layers. */
  recurrentProduct(weight: tf.Tensor2D, state: tf.Tensor2D, transposed?: boolean): tf.Tensor2D;
  /** Products of the matrices in the last two axes. */
  batchProduct(a: tf.Tensor4D, b: tf.Tensor4D, transposeA?: boolean): tf.Tensor4D;
}

export function fusedKernels(tf: TensorFlow, backend: NativeBackend): FusedKernels {
  const { TF_FLOAT, TF_INT32 } = backend.binding;
  const T = typeAttribute(backend, "T", TF_FLOAT);
  const single = <R extends tf.Tensor>(name: string, inputs: readonly tf.Tensor[], attributes = [T]) =>
    backend.executeSingleOutput(name, attributes, inputs) as R;
  const labelled = (a: tf.Tensor, b: tf.Tensor, transposeA: boolean) =>
    single(
      "_MklBatchMatMulV2",
      [a, b],
      [
        T,
        boolAttribute(backend, "adj_x", transposeA),
        boolAttribute(backend, "adj_y", false),
        { name: "_kernel", type: backend.binding.TF_ATTR_STRING, value: "MklNameChangeOp" },
      ],
    );
  const isLabelled = hasLabelledProduct(tf, labelled);
  const fastest = <R extends tf.Tensor>(a: R, b: R, transposeA = false) =>
    (isLabelled ? labelled(a, b, transposeA) : tf.matMul(a, b, transposeA)) as R;
  const product: FusedKernels["product"] = (a, b, transposeA = false, transposeB = false) => {
    const flags = [
      boolAttribute(backend, "transpose_a", transposeA),
      boolAttribute(backend, "transpose_b", transposeB),
    ];
    return single("MatMul", [a, b], [...flags, T]);
  };
  return {
    product,
    crossProduct: (a, b) =>
      a.shape[1] <= b.shape[1] ? product(a, b, true) : product(b, a, true).transpose<tf.Tensor2D>(),
    recurrentProduct: fastest,
    batchProduct: fastest,
    crossEntropy(logits, targets) {
      const attributes = [T, typeAttribute(backend, "Tlabels", TF_INT32)];
      const name = "SparseSoftmaxCrossEntropyWithLogits";
      const [losses, gradient] = backend.executeMultipleOutputs(name, attributes, [logits, targets], 2);
      return [losses as tf.Tensor1D, gradient as tf.Tensor2D];
    },
    sigmoidGradient: (y, dy) => single("SigmoidGrad", [y, dy]),
    tanhGradient: (y, dy) => single("TanhGrad", [y, dy]),
    biasGradient: (dy) => single("BiasAddGrad", [dy]),
    biasAdd: (x, bias) => single("BiasAdd", [x, bias]),
  };
}

/**
 * Whether TensorFlow offers oneDNN's batched product under its internal label; it is there in builds for x86, whether
 * oneDNN is switched on or not, but no promise of TensorFlow's.
 */
function hasLabelledProduct(
  tf: TensorFlow,
  product: (a: tf.Tensor, b: tf.Tensor, transposeA: boolean) => tf.Tensor,
): boolean {
  return tf.tidy(() => {
    const a = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    const b = tf.tensor2d([1, -1, 2, 0, 1, 3], [3, 2]);
    try {
      return (
        product(a, b, true)
          .equal(tf.matMul(a, b, true))
          .all()
          .dataSync()[0] === 1
      );
    } catch {
      return false;
    }
  });
}
