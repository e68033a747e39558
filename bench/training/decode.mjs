/**
 * What a decoder pays for a token of a transformer trained here, with its cache and without.
 *
 *     node bench/training/decode.mjs
 */
import { asLanguageModel, createModel, openBackend } from "logitbook";
import { median } from "../statistics.mjs";

const ROUNDS = 3;
const STEPS = 16;
const SIZES = { architecture: "gpt2", vocabSize: 1024, numLayers: 4, numHeads: 4, width: 128, dropout: 0 };

for (const backendName of /** @type {const} */ (["native", "wasm"])) {
  const backend = await openBackend({ backend: backendName }).catch(() => undefined);
  if (backend === undefined) continue;
  for (const [contextLength, texts] of [
    [64, 1],
    [256, 1],
    [256, 8],
    [512, 1],
  ]) {
    const model = createModel(backend, { ...SIZES, contextLength }, 1);
    /** @type {Record<"cached" | "uncached", number[]>} */
    const times = { cached: [], uncached: [] };
    for (let round = 0; round < ROUNDS; round++) {
      const reader = asLanguageModel(backend, model);
      const prefixes = Array.from({ length: texts }, (_, text) =>
        Array.from({ length: contextLength - STEPS }, (_, i) => (i * (text + 3) + round) % SIZES.vocabSize),
      );
      await reader.nextLogits(prefixes);
      for (let step = 0; step < STEPS; step++) {
        for (const [text, prefix] of prefixes.entries()) prefix.push((step * 7 + text) % SIZES.vocabSize);
        times.cached.push(await timed(() => reader.nextLogits(prefixes)));
        times.uncached.push(await timed(() => uncached(backend, model, prefixes)));
      }
      await reader.dispose();
    }
    model.dispose();
    const [cached, without] = [median(times.cached), median(times.uncached)];
    process.stdout.write(
      `${backendName}, ${texts} text${texts > 1 ? "s" : ""} of ${contextLength}: ${cached.toFixed(2)} ms a step with the ` +
        `cache, ${without.toFixed(2)} without, ${(without / cached).toFixed(1)} times as fast\n`,
    );
  }
}

/** @param {() => Promise<unknown>} run */
async function timed(run) {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/**
 * @param {Awaited<ReturnType<typeof openBackend>>} backend
 * @param {ReturnType<typeof createModel>} model
 * @param {readonly (readonly number[])[]} prefixes
 */
async function uncached({ tf }, model, prefixes) {
  const last = tf.tidy(() => {
    const inputs = tf.tensor2d(prefixes.flat(), [prefixes.length, prefixes[0].length], "int32");
    const { logits } = model.forward(inputs, [], { training: false });
    return logits.slice([0, prefixes[0].length - 1], [-1, 1]);
  });
  await last.data();
  last.dispose();
}
