// node logitbook.mjs exact|fast: this project's own loop, as its users call it.
import { collect, decodeRecipe, openModel, seededRandom } from "logitbook";
import { longestDelay, Stopwatch, serve } from "./serve.mjs";

const precision = /** @type {"exact" | "fast"} */ (process.argv[2]);
const { model, tokenizer } = await openModel("smollm2", { precision });

/** @typedef {AsyncGenerator<import("logitbook").Step | import("logitbook").BeamStep, unknown>} Steps */

/** What a method adds to the recipe; nothing ends a text early. @type {Record<string, (task: any) => object>} */
const recipes = {
  greedy: () => ({}),
  sample: ({ count, seed }) => ({ numReturnSequences: count, seed }),
  beam: ({ count }) => ({ numBeams: count }),
  promptLookup: () => ({}),
};

/** @param {any} task @returns {Steps} */
function steps(task) {
  const { method = "greedy", newTokens, promptTokens = task.prompt.length, instruction } = task;
  const own = recipes[method];
  if (!own) throw new RangeError(`there is no method ${method}`);
  const text = task.prompt.slice(0, promptTokens);
  const prompt = instruction === undefined ? text : chatAbout(text, instruction);
  const recipe = /** @type {any} */ ({ method, maxNewTokens: newTokens, ...own(task) });
  return /** @type {any} */ (decodeRecipe(model, { endTokens: [] }, prompt, recipe));
}

/** A turn of the user's that asks something about a text. */
function chatAbout(/** @type {number[]} */ text, /** @type {string} */ instruction) {
  if (!("chatPrompt" in tokenizer)) throw new TypeError("the model has no chat template");
  const content = `${tokenizer.decode(text)}\n\n${instruction}`;
  return tokenizer.encode(tokenizer.chatPrompt([{ role: "user", content }]));
}

/** @param {any} task */
async function decodeTask(task) {
  const watch = new Stopwatch();
  // Sequences side by side give a step each; the first sequence's tells that a row of them is done.
  for await (const step of steps(task)) if (step.kind === "beams" || step.sequence === 0) watch.tick();
  return watch.reading();
}

/**
 * Microseconds for one token's chain, draw and step, over rows that look like a model's: bell-shaped scores, 6 wide,
 * after 512 tokens. The model behind it only hands out the rows.
 */
async function chainTask(/** @type {any} */ { processors, vocabSize, repeats, seed }) {
  const random = seededRandom(seed);
  const bell = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const rows = Array.from({ length: 4 }, () => Float32Array.from({ length: vocabSize }, () => 3 * bell()));
  const prompt = Array.from({ length: 512 }, () => Math.floor(random.next() * vocabSize));
  let calls = 0;
  const nextLogits = async () => [/** @type {Float32Array} */ (rows[calls++ % rows.length])];
  const rowModel = { ...model, vocabSize, contextLength: prompt.length + repeats, nextLogits };
  const recipe = /** @type {any} */ ({ method: "sample", maxNewTokens: repeats, seed, processors });
  const began = performance.now();
  await collect(decodeRecipe(rowModel, { endTokens: [] }, prompt, recipe));
  return { microseconds: ((performance.now() - began) * 1000) / repeats };
}

async function delayTask(/** @type {any} */ task) {
  return longestDelay(async () => {
    for await (const _ of steps(task));
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
