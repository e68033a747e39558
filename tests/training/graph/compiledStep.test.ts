import { beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../../lib/models/backend/backend.js";
import { openBackend } from "../../../lib/models/backend/openBackend.js";
import type { ModelConfig } from "../../../lib/models/trainable/config.js";
import { createModel } from "../../../lib/models/trainable/createModel.js";
import { createStep } from "../../../lib/training/step/createStep.js";
import type { OptimizerOptions, StepInput, TrainingStep } from "../../../lib/training/step/step.js";
import { ARCHITECTURES, SMALL } from "../../models/trainable/small.js";
import { batch } from "../step/batches.js";
import { hasNative } from "./native.js";

const STEPS = 50;

interface Case {
  readonly name: string;
  readonly config: ModelConfig;
  readonly optimizer: OptimizerOptions;
  readonly clipNorm?: number;
}

const CASES: Case[] = ARCHITECTURES.flatMap((architecture): Case[] => {
  const config = SMALL[architecture];
  const adam = { type: "adam" } as const;
  return [
    { name: architecture, config, optimizer: adam },
    { name: `${architecture}, dropout`, config: { ...config, dropout: 0.2 }, optimizer: adam },
    {
      name: `${architecture}, AdamW, clipped, dropout`,
      config: { ...config, dropout: 0.1 },
      optimizer: { type: "adamw", weightDecay: 0.1, beta2: 0.95 },
      clipNorm: 0.3,
    },
    ...(config.architecture === "gpt2"
      ? []
      : [
          {
            name: `${architecture}, tied, one layer`,
            config: { ...config, embedSize: 8, numLayers: 1, tieEmbedding: true },
            optimizer: adam,
          },
        ]),
  ];
}).concat(
  // Of a size that the native operations know.
  (["rnn", "gru", "lstm"] as const).map((architecture) => ({
    name: `${architecture} of 16, clipped, dropout`,
    config: { ...SMALL[architecture], hiddenSize: 16, dropout: 0.1 },
    optimizer: { type: "adam" },
    clipNorm: 0.3,
  })),
);

/** Changing rates, seeds and shapes, and a state that is dropped now and then. */
function inputs(): StepInput[] {
  return Array.from({ length: STEPS }, (_, i) => ({
    ...batch(i % 7, i === 20 ? 2 : 3, i % 10 === 9 ? 6 : 4),
    learningRate: 0.01 / (1 + i / 20),
    resetState: i % 13 === 0,
  }));
}

async function run(step: TrainingStep, given: readonly StepInput[]) {
  const results: { loss: number; gradientNorm: number }[] = [];
  for (const input of given) results.push(await step.run(input));
  return results;
}

describe.skipIf(!hasNative)("a compiled step", () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ backend: "native" });
  });

  test.each(CASES)("gives the losses of the plain step: $name", async ({ config, optimizer, clipNorm }) => {
    const make = (compile: "always" | "never") =>
      createStep(backend, createModel(backend, config, 1), optimizer, { compile, clipNorm });
    const [compiled, plain] = [await make("always"), await make("never")];
    expect([compiled.compiled, plain.compiled]).toEqual([true, false]);
    const [found, expected] = [await run(compiled, inputs()), await run(plain, inputs())];
    for (const [i, { loss, gradientNorm }] of found.entries()) {
      expect(Math.abs(loss - expected[i].loss), `loss of step ${i}`).toBeLessThan(1e-4);
      expect(Math.abs(gradientNorm / expected[i].gradientNorm - 1), `norm of step ${i}`).toBeLessThan(1e-3);
    }
    expect(await compiled.evaluate(batch(9))).toBeCloseTo(await plain.evaluate(batch(9)), 4);
    const [states, reference] = [await compiled.readState(), await plain.readState()];
    expect([...states.keys()]).toEqual([...reference.keys()]);
    for (const [name, { shape, data }] of states) {
      expect(shape).toEqual(reference.get(name)!.shape);
      const worst = data.reduce((w, x, i) => Math.max(w, Math.abs(x - reference.get(name)!.data[i])), 0);
      expect(worst, name).toBeLessThan(2e-3);
    }
    compiled.dispose();
    plain.dispose();
  });

  test.each(["lstm", "gpt2"] as const)("%s goes on from a state, plain or compiled", async (architecture) => {
    const config = { ...SMALL[architecture], dropout: 0.1 };
    const make = (compile: "always" | "never") =>
      createStep(backend, createModel(backend, config, 1), { type: "adam" }, { compile });
    const whole = await run(await make("always"), inputs().slice(0, 8));
    const first = await make("always");
    await run(first, inputs().slice(0, 4));
    const state = await first.readState();
    const second = await make("always");
    await second.writeState(state);
    expect(await run(second, inputs().slice(4, 8))).toEqual(whole.slice(4));
    const third = await make("never");
    await third.writeState(state);
    const losses = await run(third, inputs().slice(4, 8));
    for (const [i, { loss }] of losses.entries()) expect(loss).toBeCloseTo(whole[4 + i].loss, 4);
  });

  test("brings the model up to date when asked", async () => {
    const model = createModel(backend, SMALL.gru, 1);
    const weight = model.weights.get("output.bias")!;
    const step = await createStep(backend, model, { type: "adam" }, { compile: "always" });
    const before = weight.dataSync().slice();
    await step.run(batch(0));
    expect(weight.dataSync()).toEqual(before);
    await step.updateModel();
    expect(weight.dataSync()).toEqual((await step.readState()).get("weights/output.bias")!.data);
    expect(weight.dataSync()).not.toEqual(before);
  });

  test.each([8, 16])(
    "leaves no tensor behind, neither here nor in TensorFlow: hidden %i",
    async (hiddenSize) => {
      const { tf } = backend;
      const { binding } = tf.backend() as unknown as { binding: { getNumOfTensors(): number } };
      const count = () => [tf.memory().numTensors, binding.getNumOfTensors()];
      const model = createModel(backend, { ...SMALL.lstm, hiddenSize, dropout: 0.1 }, 1);
      const before = count();
      const step = await createStep(backend, model, { type: "adam" }, { compile: "always", clipNorm: 1 });
      await run(step, inputs());
      await step.evaluate(batch(0));
      await step.updateModel();
      const between = count();
      for (let i = 0; i < 20; i++) await run(step, inputs());
      await step.evaluate(batch(0));
      await step.writeState(await step.readState());
      await step.updateModel();
      expect(count()).toEqual(between);
      step.dispose();
      expect(count()).toEqual(before);
    },
  );
});

test("where no graph can be run, the plain step says why, or `always` throws", async () => {
  const backend = await openBackend({ backend: "cpu" });
  const model = createModel(backend, SMALL.rnn, 1);
  const step = await createStep(backend, model, { type: "adam" });
  expect([step.compiled, step.reason]).toEqual([false, "the cpu backend runs no graphs"]);
  await expect(createStep(backend, model, { type: "adam" }, { compile: "always" })).rejects.toThrow(
    "`compile` must be auto or never, since the cpu backend runs no graphs",
  );
});
