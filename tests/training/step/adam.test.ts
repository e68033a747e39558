import { beforeAll, expect, test } from "vitest";
import type { TensorFlow } from "../../../lib/models/backend/backend.js";
import { openBackend } from "../../../lib/models/backend/openBackend.js";
import { adamUpdate, zeroMoments } from "../../../lib/training/step/adam.js";
import { readOptimizer } from "../../../lib/training/step/optimizer.js";

let tf: TensorFlow;
beforeAll(async () => {
  ({ tf } = await openBackend({ backend: "cpu" }));
});

test("Adam equals TensorFlow.js's, parameter by parameter", () => {
  const ours = tf.variable(tf.tensor2d([0.5, -1, 2, 0.01], [2, 2]));
  const theirs = tf.variable(ours.clone());
  const moments = zeroMoments(tf, ours);
  const adam = tf.train.adam(0.05, 0.9, 0.99, 1e-7);
  const options = readOptimizer({ type: "adam", beta2: 0.99, epsilon: 1e-7 });
  for (let iteration = 1; iteration <= 20; iteration++) {
    const gradient = tf.tensor2d([0.1 * iteration, -1, Math.sin(iteration), 1e-6], [2, 2]);
    adamUpdate(tf, ours, gradient, moments, options, 0.05, iteration);
    adam.applyGradients([{ name: theirs.name, tensor: gradient }]);
    const [found, expected] = [ours.dataSync(), theirs.dataSync()];
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i], 5);
  }
});

test("the first step of Adam is the learning rate in the direction of the gradient", () => {
  const weight = tf.variable(tf.tensor1d([1, 1, 1]));
  const gradient = tf.tensor1d([3, -0.2, 0]);
  adamUpdate(tf, weight, gradient, zeroMoments(tf, weight), readOptimizer({ type: "adam" }), 0.1, 1);
  const [down, up, still] = weight.dataSync();
  expect([down, up, still].map((value) => Math.round(value * 1e5) / 1e5)).toEqual([0.9, 1.1, 1]);
});

test("AdamW shrinks matrices and leaves biases", () => {
  const options = readOptimizer({ type: "adamw", weightDecay: 0.5 });
  for (const [shape, expected] of [
    [[1, 1], 0.95],
    [[1], 1],
  ] as const) {
    const weight = tf.variable(tf.ones([...shape]));
    adamUpdate(tf, weight, tf.zeros([...shape]), zeroMoments(tf, weight), options, 0.1, 1);
    expect(weight.dataSync()[0]).toBeCloseTo(expected, 6);
  }
});
