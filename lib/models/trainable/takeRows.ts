import type * as tf from "@tensorflow/tfjs";

/** The rows of a [rows, width] tensor as arrays of their own; the tensor is disposed. */
export async function takeRows(tensor: tf.Tensor): Promise<Float32Array[]> {
  const [rows, width] = tensor.shape;
  const values = await tensor.data<"float32">();
  tensor.dispose();
  return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width));
}
