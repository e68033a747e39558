import { beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../../lib/models/backend/backend.js";
import { openBackend } from "../../../lib/models/backend/openBackend.js";
import type { ModelConfig } from "../../../lib/models/trainable/config.js";
import { createModel } from "../../../lib/models/trainable/createModel.js";
import { createStep } from "../../../lib/training/step/createStep.js";
import type { StepInput, StepState, TrainingStep } from "../../../lib/training/step/step.js";
import { ARCHITECTURES, SMALL } from "../../models/trainable/small.js";
import { batch } from "./batches.js";

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend({ backend: "cpu" });
});

const ADAM = { type: "adam" } as const;

async function losses(step: TrainingStep, inputs: readonly StepInput[]): Promise<number[]> {
  const found: number[] = [];
  for (const input of inputs) found.push((await step.run(input)).loss);
  return found;
}

describe.each(ARCHITECTURES)("a plain step of %s", (architecture) => {
  const config: ModelConfig = { ...SMALL[architecture], dropout: 0.1 };
  const inputs = Array.from({ length: 6 }, (_, i) => batch(i));

  test("learns a text by heart", async () => {
    const model = createModel(backend, SMALL[architecture], 1);
    const step = await createStep(backend, model, ADAM, { compile: "never", clipNorm: 1 });
    const found = await losses(
      step,
      new Array(40).fill({ ...batch(0), learningRate: 0.03, resetState: true }),
    );
    expect(found[0]).toBeGreaterThan(2);
    expect(found[39]).toBeLessThan(1);
    expect(await step.evaluate(batch(0))).toBeLessThan(1);
  });

  test("the same seed gives the same losses, another seed others", async () => {
    const run = async (seed: number) => {
      const step = await createStep(backend, createModel(backend, config, 1), ADAM, { compile: "never" });
      return losses(
        step,
        inputs.map((input) => ({ ...input, seed: input.seed + seed })),
      );
    };
    const first = await run(0);
    expect(await run(0)).toEqual(first);
    expect(await run(100)).not.toEqual(first);
  });

  test("goes on from its state as if it had never stopped", async () => {
    const start = async () =>
      createStep(backend, createModel(backend, config, 1), { type: "adamw" }, { compile: "never" });
    const whole = await losses(await start(), inputs);
    const first = await start();
    await losses(first, inputs.slice(0, 3));
    const second = await start();
    await second.writeState(await first.readState());
    expect(await losses(second, inputs.slice(3))).toEqual(whole.slice(3));
  });

  test("leaves no tensor behind", async () => {
    const { tf } = backend;
    const before = tf.memory().numTensors;
    const model = createModel(backend, config, 1);
    const step = await createStep(backend, model, ADAM, { compile: "never", clipNorm: 1 });
    await step.run(batch(0));
    await step.evaluate(batch(0));
    const between = tf.memory().numTensors;
    for (const input of inputs) await step.run(input);
    await step.evaluate(batch(0));
    await step.writeState(await step.readState());
    expect(tf.memory().numTensors).toBe(between);
    step.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test("a state that doesn't fit is an error that changes nothing", async () => {
  const model = createModel(backend, SMALL.gpt2, 1);
  const step = await createStep(backend, model, ADAM, { compile: "never" });
  const state = await step.readState();
  const lacking: StepState = new Map([...state].filter(([name]) => name !== "adam/iteration"));
  await expect(step.writeState(lacking)).rejects.toThrow("lacks `adam/iteration`");
  const wrong = new Map(state).set("adam/m/transformer.wte.weight", {
    shape: [2],
    data: new Float32Array(2),
  });
  await expect(step.writeState(wrong)).rejects.toThrow("of shape [2], but this model's is [11, 8]");
  expect(await step.readState()).toEqual(state);
});

test.each([
  [{ inputs: new Int32Array(3) }, "`inputs.length` must be batchSize · length = 12, but is 3"],
  [
    { targets: new Int32Array(12).fill(11) },
    "`targets[0]` must be a token of the vocabulary of 11, but is 11",
  ],
  [{ length: 0 }, "`length` must be a whole number from 1, but is 0"],
])("a batch that contradicts itself is an error: %j", async (change, message) => {
  const step = await createStep(backend, createModel(backend, SMALL.lstm, 1), ADAM, { compile: "never" });
  await expect(step.run({ ...batch(0), ...change })).rejects.toThrow(message);
});

test.each([
  [{ type: "sgd" } as never, {}, "`optimizer.type` must be adam or adamw"],
  [{ type: "adam", weightDecay: 0.1 } as const, {}, "`optimizer.weightDecay` must be 0 for adam"],
  [{ type: "adam", beta1: 1 } as const, {}, "`optimizer.beta1` must be from 0"],
  [ADAM, { clipNorm: 0 }, "`clipNorm` must be above 0"],
])("settings out of range are errors: %j %j", async (optimizer, options, message) => {
  const model = createModel(backend, SMALL.lstm, 1);
  await expect(createStep(backend, model, optimizer, options)).rejects.toThrow(message);
});
