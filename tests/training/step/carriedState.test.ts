import { describe, expect, test } from "vitest";
import { openBackend } from "../../../lib/models/backend/openBackend.js";
import { createModel } from "../../../lib/models/trainable/createModel.js";
import { createStep } from "../../../lib/training/step/createStep.js";
import { SMALL } from "../../models/trainable/small.js";
import { hasNative } from "../graph/native.js";
import { batch } from "./batches.js";

const WAYS = [
  { backend: "cpu", compile: "never", runs: true },
  { backend: "native", compile: "always", runs: hasNative },
] as const;
const RECURRENT = ["rnn", "gru", "lstm"] as const;

/** Texts of 8 tokens, and the same texts in two pieces of 4. */
const whole = batch(1, 3, 8);
function half(from: number) {
  const cut = (tokens: Int32Array) =>
    Int32Array.from({ length: 12 }, (_, i) => tokens[Math.floor(i / 4) * 8 + from + (i % 4)]);
  return { ...whole, inputs: cut(whole.inputs), targets: cut(whole.targets), length: 4 };
}

describe.each(WAYS)("a step on $backend, compiled $compile", ({ backend: name, compile, runs }) => {
  const make = async (architecture: (typeof RECURRENT)[number]) => {
    const backend = await openBackend({ backend: name });
    return createStep(backend, createModel(backend, SMALL[architecture], 1), { type: "adam" }, { compile });
  };

  test.skipIf(!runs).each(RECURRENT)(
    "%s reads a text in pieces as it reads it whole",
    async (architecture) => {
      const step = await make(architecture);
      const first = await step.evaluate(half(0));
      const carried = await step.evaluate(half(4), { continues: true });
      expect((first + carried) / 2).toBeCloseTo(await step.evaluate(whole), 5);
      const anew = await step.evaluate(half(4));
      expect(Math.abs(anew - carried)).toBeGreaterThan(1e-5);
      step.dispose();
    },
  );

  test.skipIf(!runs)("evaluation leaves the state of training alone", async () => {
    const [one, other] = [await make("gru"), await make("gru")];
    await one.run(half(0));
    await other.run(half(0));
    await other.evaluate(half(4), { continues: true });
    expect((await other.run(half(4))).loss).toBe((await one.run(half(4))).loss);
    one.dispose();
    other.dispose();
  });

  test.skipIf(!runs).each(RECURRENT)("%s forgets the rows that it is told to", async (architecture) => {
    const losses: number[] = [];
    for (const input of [
      { ...half(4), resetState: true },
      { ...half(4), resetRows: [0, 1, 2] },
      { ...half(4), resetRows: [1] },
      half(4),
    ]) {
      const step = await make(architecture);
      await step.run(half(0));
      losses.push((await step.run(input)).loss);
      step.dispose();
    }
    const [reset, rows, one, carried] = losses as [number, number, number, number];
    expect(rows).toBeCloseTo(reset, 6);
    expect(new Set([reset, one, carried]).size).toBe(3);
  });
});
