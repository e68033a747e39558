import { existsSync, mkdirSync, rmSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { openModel } from "../../lib/models/openModel.js";
import { readHistory } from "../../lib/training/run/history.js";
import { temporaryDirectory } from "../support/temporary.js";
import { eventsOf, ofType, outcome, smallConfig } from "./support/runs.js";

describe.each(["gpt2", "rnn", "gru", "lstm"])("a run of %s", (architecture) => {
  test("that was interrupted twice and resumed equals one that was not, bit for bit", async () => {
    const whole = await eventsOf(await smallConfig(await temporaryDirectory(), architecture));
    const root = await temporaryDirectory();
    const config = await smallConfig(root, architecture);
    const parts = [];
    for (const stop of [3, 9, Number.POSITIVE_INFINITY]) {
      const interrupt = new AbortController();
      const events = await eventsOf(
        config,
        { signal: interrupt.signal, resume: parts.length > 0 },
        (event) => {
          if (event.type === "step" && event.step === stop) interrupt.abort();
        },
      );
      expect(events.at(-1)).toMatchObject({
        type: "done",
        reason: stop < 12 ? "interrupted" : "steps",
        step: Math.min(stop, 12),
      });
      parts.push(...events);
    }
    expect(outcome(parts)).toEqual(outcome(whole));
    const history = await readHistory(path.join(config.out, "history.csv"));
    expect(history.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  });

  test("learns, and leaves a folder that opens as a model with its samples' tokens", async () => {
    const config = await smallConfig(await temporaryDirectory(), architecture, ["training.steps=40"]);
    const events = await eventsOf(config);
    const losses = ofType(events, "validation").map(({ loss }) => loss);
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.1);
    const found = await readdir(config.out);
    expect(found).toEqual(
      expect.arrayContaining(["config.yaml", "curve.html", "history.csv", "tokenizer.json"]),
    );
    expect(await readdir(path.join(config.out, "samples"))).toEqual(
      expect.arrayContaining(["6", "12", "40"]),
    );
    const open = await openModel(path.join(config.out, "checkpoints", "40"));
    const { samples } = ofType(events, "samples").at(-1)!;
    const manual = await readFile(path.join(config.out, "samples", "40", "manual_0.txt"), "utf8");
    expect(manual).toBe(`the ${samples[1]?.text}`);
    expect(open.model.vocabSize).toBe(open.tokenizer.vocabSize);
    await open.model.dispose();
  });
});

test("no tensor outlives a run", async () => {
  await eventsOf(await smallConfig(await temporaryDirectory(), "lstm"));
  const before = tf.memory().numTensors;
  await eventsOf(await smallConfig(await temporaryDirectory(), "lstm"));
  expect(tf.memory().numTensors).toBe(before);
});

test("checkpoints that nobody needs are removed: those of samples, the best and the last stay", async () => {
  const config = await smallConfig(await temporaryDirectory(), "gpt2", ["training.steps=14"]);
  const best = ofType(await eventsOf(config), "validation").findLast((event) => event.best)!;
  const steps = (await readdir(path.join(config.out, "checkpoints"))).map(Number).sort((a, b) => a - b);
  expect(steps).toEqual([...new Set([6, 12, 14, best.step])].sort((a, b) => a - b));
});

test("a rate far too high stops with the step, the rate and the advice, and the checkpoints stay whole", async () => {
  const overrides = ["training.learningRate=1e30", "training.clipNorm=null", "training.validateEvery=1"];
  const config = await smallConfig(await temporaryDirectory(), "gpt2", overrides);
  await expect(eventsOf(config)).rejects.toThrow(
    /step \d+ is not a number.*learning rate of .*e\+.*lower training.*whole$/s,
  );
});

test.each([
  [3, "step 4 could not be written into ROOT (EISDIR): make room for it, then begin again"],
  [
    5,
    "step 6 could not be written into ROOT (EISDIR): make room for it, then go on with --resume from step 4, which is whole",
  ],
])("a disk that refuses after step %i is told with what is left", async (step, says) => {
  const config = await smallConfig(await temporaryDirectory(), "gpt2");
  const blocked = path.join(config.out, "history.csv");
  const training = eventsOf(config, {}, (event) => {
    if (event.type !== "step" || event.step !== step) return;
    rmSync(blocked);
    mkdirSync(blocked);
  });
  await expect(training).rejects.toMatchObject({
    name: "TrainingError",
    message: `the checkpoint of ${says.replace("ROOT", config.out)}`,
  });
});

test.each(["file", "file/deeper"])("a run does not go where %s is a file", async (out) => {
  const root = await temporaryDirectory();
  await writeFile(path.join(root, "file"), "");
  const config = { ...(await smallConfig(root, "gpt2")), out: path.join(root, out) };
  await expect(eventsOf(config)).rejects.toThrow(
    `\`out\` must be a folder, but ${path.join(root, "file")} is a file: give another`,
  );
});

test("patience ends a run that gets no better", async () => {
  const overrides = [
    "training.learningRate=1e-9",
    "training.patience=2",
    "training.steps=100",
    "training.validateEvery=1",
  ];
  const events = await eventsOf(await smallConfig(await temporaryDirectory(), "gpt2", overrides));
  expect(events.at(-1)).toMatchObject({ type: "done", reason: "patience" });
});

describe("a folder is protected", () => {
  test("a second run does not mix with the first, and resuming needs a run of the same configuration", async () => {
    const root = await temporaryDirectory();
    const config = await smallConfig(root, "rnn", ["training.steps=4"]);
    await expect(eventsOf(config, { resume: true })).rejects.toThrow("there is no run in");
    await eventsOf(config);
    await expect(eventsOf(config)).rejects.toThrow("continue it with --resume");
    const other = await smallConfig(root, "rnn", ["training.learningRate=0.5"]);
    await expect(eventsOf(other, { resume: true })).rejects.toThrow(
      "`training.learningRate` is 0.5, but the run began with 0.02",
    );
    const longer = await smallConfig(root, "rnn", ["training.steps=6"]);
    expect((await eventsOf(longer, { resume: true })).at(-1)).toMatchObject({ reason: "steps", step: 6 });
  });

  test("a text that has changed is not gone on with", async () => {
    const root = await temporaryDirectory();
    await eventsOf(await smallConfig(root, "rnn", ["training.steps=4"]));
    const config = await smallConfig(root, "rnn");
    const { writeFile } = await import("node:fs/promises");
    await writeFile(
      config.corpus.source,
      "another text altogether, and long enough to be cut in two. ".repeat(20),
    );
    await expect(eventsOf(config, { resume: true })).rejects.toThrow("has changed since the run");
  });
});

test.each([
  ["a text shorter than a row", "short", "too few for a row of 8"],
  ["an empty text", "", "it is empty"],
])("%s is an error that says so, and leaves no folder", async (_, text, says) => {
  const root = await temporaryDirectory();
  const config = await smallConfig(root, "gpt2", ["corpus.validation=0.5"]);
  const { writeFile } = await import("node:fs/promises");
  await writeFile(config.corpus.source, text);
  await expect(eventsOf(config)).rejects.toThrow(says);
  expect(await readdir(root)).toEqual(["text.txt"]);
});

test("a checkpoint is trained further with `model.from`", async () => {
  const root = await temporaryDirectory();
  const first = await smallConfig(root, "gpt2");
  const before = ofType(await eventsOf(first), "validation").at(-1)!.loss;
  const text = `out: ${path.join(root, "more")}
backend: cpu
corpus: { source: ${first.corpus.source} }
tokenizer: { kind: given }
model: { architecture: given, from: ${first.out} }
training: { steps: 4, batchSize: 4, length: 8, schedule: { warmupSteps: 0 }, validateEvery: 4, validationBatches: 2 }
sampling: { auto: 0 }
`;
  const { parseRunConfig } = await import("../../lib/training/index.js");
  const after = ofType(await eventsOf(parseRunConfig(text)), "validation").at(-1)!.loss;
  expect(Math.abs(after - before)).toBeLessThan(0.4);
});

test.each([
  [
    "a text of several tokens",
    "{method: greedy, processors: [{type: suppressTokens, tokens: [abc]}]}",
    "sampling.recipe.processors[0].tokens[0]",
  ],
  [
    "hidden states that the model lacks",
    "{method: contrastive, penaltyAlpha: 0.6, topK: 4}",
    "hidden states",
  ],
])("a recipe that asks for %s is refused before anything is written", async (_, recipe, message) => {
  const config = await smallConfig(await temporaryDirectory(), "rnn", [`sampling.recipe=${recipe}`]);
  await expect(eventsOf(config)).rejects.toThrow(message);
  expect(existsSync(config.out)).toBe(false);
});
