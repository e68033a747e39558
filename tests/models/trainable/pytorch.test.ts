import { readFileSync } from "node:fs";
import path from "node:path";
import type * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { openBackend } from "../../../lib/models/backend/openBackend.js";
import { loadModel, type NamedArray } from "../../../lib/models/trainable/createModel.js";
import { plainOperations } from "../../../lib/models/trainable/plainOperations.js";
import { createStep } from "../../../lib/training/step/createStep.js";
import { stepGradients } from "../../../lib/training/step/gradients.js";
import { hasNative } from "../../training/graph/native.js";
import { ARCHITECTURES, SMALL } from "./small.js";

interface Recorded {
  readonly tokens: number[];
  readonly targets: number[];
  readonly weights: Record<string, { shape: number[]; data: number[] }>;
  readonly logits: number[];
  readonly gradients: Record<string, { data: number[] }>;
  readonly losses: number[];
}

interface Golden {
  readonly batchSize: number;
  readonly length: number;
  readonly learningRate: number;
  readonly models: Record<string, Recorded>;
}

const FILE = path.resolve(import.meta.dirname, "../../golden/training/pytorch.json");
const golden: Golden = JSON.parse(readFileSync(FILE, "utf8"));
const { batchSize, length, learningRate } = golden;

function worst(found: ArrayLike<number>, expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i])), 0);
}

describe.each(ARCHITECTURES)("%s against PyTorch", (architecture) => {
  const recorded = golden.models[architecture];
  const weights = new Map<string, NamedArray>(
    Object.entries(recorded.weights).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data) },
    ]),
  );

  test("logits and gradients within 1e-4", async () => {
    const backend = await openBackend({ backend: "cpu" });
    const { tf } = backend;
    const model = loadModel(backend, SMALL[architecture], weights);
    const inputs: tf.Tensor2D = tf.tensor2d(recorded.tokens, [batchSize, length], "int32");
    const state = model.initialState(batchSize);
    const { logits } = model.forward(inputs, state, { training: false });
    expect(worst(logits.dataSync(), recorded.logits)).toBeLessThan(1e-4);
    const { loss, gradients } = stepGradients(tf, model, plainOperations(tf), {
      inputs,
      targets: tf.tensor2d(recorded.targets, [batchSize, length], "int32"),
      state,
      dropoutSeed: tf.scalar(0, "int32"),
      clipNorm: undefined,
    });
    expect(loss.dataSync()[0]).toBeCloseTo(recorded.losses[0], 4);
    for (const [i, name] of [...model.weights.keys()].entries()) {
      expect(worst(gradients[i].dataSync(), recorded.gradients[name].data), name).toBeLessThan(1e-4);
    }
  });

  const steps = [["cpu", "never"] as const, ...(hasNative ? [["native", "always"] as const] : [])];
  test.each(steps)("ten steps of Adam within 1e-3, %s backend", async (name, compile) => {
    const backend = await openBackend({ backend: name });
    const model = loadModel(backend, SMALL[architecture], weights);
    const step = await createStep(backend, model, { type: "adam" }, { compile });
    const batch = {
      inputs: Int32Array.from(recorded.tokens),
      targets: Int32Array.from(recorded.targets),
      batchSize,
      length,
      learningRate,
      seed: 0,
      resetState: true,
    };
    for (const [i, expected] of recorded.losses.entries()) {
      const { loss } = await step.run(batch);
      expect(Math.abs(loss - expected), `step ${i}`).toBeLessThan(1e-3);
    }
    step.dispose();
    model.dispose();
  });
});
