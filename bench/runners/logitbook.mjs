// node logitbook.mjs exact|fast: this project's own loop, as its users call it.
import {
  beamSearch,
  chain,
  collect,
  decode,
  decodeRecipe,
  multinomial,
  openModel,
  repetitionPenalty,
  seededRandom,
  temperature,
  topK,
  topP,
} from "logitbook";
import { longestDelay, Stopwatch, serve } from "./serve.mjs";

const precision = /** @type {"exact" | "fast"} */ (process.argv[2]);
const { model, tokenizer } = await openModel("smollm2", { precision });

/** One text that nothing ends early. */
const greedy = (/** @type {any} */ { prompt, newTokens }) =>
  decode(model, prompt, { maxNewTokens: newTokens });

/** @type {Record<string, (task: any) => AsyncGenerator<import("logitbook").Step | import("logitbook").BeamStep, unknown>>} */
const methods = {
  greedy,
  sample: ({ prompt, newTokens, count, seed }) =>
    decodeRecipe(model, { endTokens: [] }, prompt, {
      method: "sample",
      numReturnSequences: count,
      maxNewTokens: newTokens,
      seed,
    }),
  beam: ({ prompt, newTokens, count }) =>
    beamSearch(model, prompt, { numBeams: count, maxNewTokens: newTokens }),
};

/** @param {any} task */
async function decodeTask(task) {
  const watch = new Stopwatch();
  const method = methods[task.method ?? "greedy"];
  if (!method) throw new RangeError(`there is no method ${task.method}`);
  // Sequences side by side give a step each; the first sequence's tells that a row of them is done.
  for await (const step of method(task)) if (step.kind === "beams" || step.sequence === 0) watch.tick();
  return watch.reading();
}

/**
 * Microseconds for one token's chain, draw and step, over rows that look like a model's: bell-shaped scores, 6 wide,
 * after 512 tokens. The model behind it only hands out the rows.
 */
async function chainTask(/** @type {any} */ { vocabSize, repeats, seed }) {
  const random = seededRandom(seed);
  const bell = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const rows = Array.from({ length: 4 }, () => Float32Array.from({ length: vocabSize }, () => 3 * bell()));
  const prompt = Array.from({ length: 512 }, () => Math.floor(random.next() * vocabSize));
  let calls = 0;
  const nextLogits = async () => [/** @type {Float32Array} */ (rows[calls++ % rows.length])];
  const rowModel = { ...model, vocabSize, contextLength: prompt.length + repeats, nextLogits };
  const process = chain([repetitionPenalty(1.3), temperature(0.8), topK(50), topP(0.9)]);
  const began = performance.now();
  await collect(decode(rowModel, prompt, { maxNewTokens: repeats, process, sample: multinomial(random) }));
  return { microseconds: ((performance.now() - began) * 1000) / repeats };
}

async function delayTask(/** @type {any} */ task) {
  return longestDelay(async () => {
    for await (const _ of greedy(task));
  });
}

await serve({
  hello: async () => ({ version: `Node.js ${process.version}` }),
  tokenize: async ({ text }) => ({ tokens: tokenizer.encode(text) }),
  decode: decodeTask,
  chain: chainTask,
  delay: delayTask,
});
await model.dispose();
