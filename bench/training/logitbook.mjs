// node logitbook.mjs WORK DROPOUT STEPS BACKEND COMPILE: milliseconds and CPU milliseconds of training steps with Adam,
// as JSON.
import fs from "node:fs";
import { createModel, createStep, openBackend } from "logitbook";

const [name = "", dropout, steps, backendName, compile] = process.argv.slice(2);
const WARM_UP = 3;

const works = JSON.parse(fs.readFileSync(new URL("works.json", import.meta.url), "utf8"));
const { batchSize, length, ...sizes } = works[name];
const config =
  sizes.architecture === "gpt2"
    ? { ...sizes, contextLength: length, dropout: Number(dropout) }
    : { ...sizes, contextLength: length, dropout: Number(dropout), tieEmbedding: false };
const backend = await openBackend({
  backend: /** @type {import("logitbook").BackendName} */ (backendName),
});
const model = createModel(backend, config, 1);
const step = await createStep(
  backend,
  model,
  { type: "adam" },
  {
    compile: /** @type {"always" | "never"} */ (compile),
  },
);

/** @param {number} at */
const tokens = (at) =>
  Int32Array.from({ length: batchSize * length }, (_, i) => ((i + at) * 7919) % config.vocabSize);
const times = [];
for (let at = 0; at < WARM_UP + Number(steps); at++) {
  const input = { inputs: tokens(at), targets: tokens(at + 1), batchSize, length };
  const start = performance.now();
  const before = process.cpuUsage();
  await step.run({ ...input, learningRate: 0.001, seed: at });
  const { user, system } = process.cpuUsage(before);
  if (at >= WARM_UP) times.push({ wall: performance.now() - start, cpu: (user + system) / 1000 });
}
process.stdout.write(JSON.stringify(times));
