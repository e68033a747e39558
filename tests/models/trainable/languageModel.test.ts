import { beforeAll, describe, expect, test } from "vitest";
import { hasPrefixCache } from "../../../lib/core/prefixCaching.js";
import { seededRandom } from "../../../lib/core/random.js";
import { slidingWindow } from "../../../lib/decoding/slidingWindow.js";
import type { Backend } from "../../../lib/models/backend/backend.js";
import { openBackend } from "../../../lib/models/backend/openBackend.js";
import { asLanguageModel } from "../../../lib/models/trainable/asLanguageModel.js";
import { createModel } from "../../../lib/models/trainable/createModel.js";
import { ARCHITECTURES, SMALL } from "./small.js";

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend({ backend: "cpu" });
});

/** Prefixes that grow out of each other: each adds one to four tokens to an earlier one. */
function tree(seed: number, count: number): number[][] {
  const random = seededRandom(seed);
  const upTo = (limit: number) => Math.floor(random.next() * limit);
  const prefixes = [[0]];
  while (prefixes.length < count) {
    const fresh = Array.from({ length: 1 + upTo(4) }, () => upTo(SMALL.vocabSize));
    const grown = [...prefixes[upTo(prefixes.length)], ...fresh];
    if (grown.length <= SMALL.contextLength) prefixes.push(grown);
  }
  return prefixes;
}

function expectClose(found: Float32Array, expected: Float32Array) {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i], 4);
}

describe.each(ARCHITECTURES)("%s as a language model", (architecture) => {
  test("what it has read before changes no row", async () => {
    const model = createModel(backend, SMALL[architecture], 3);
    const used = asLanguageModel(backend, model);
    const prefixes = tree(5, 24);
    for (let i = 0; i < prefixes.length; i += 6) {
      const batch = prefixes.slice(i, i + 6);
      const rows = await used.nextLogits(batch);
      for (const [at, prefix] of batch.entries()) {
        const all = await asLanguageModel(backend, model).allLogits(prefix);
        expectClose(rows[at], all[prefix.length - 1]);
      }
    }
    await used.dispose();
    model.dispose();
  });

  test("no tensor is left behind", async () => {
    const before = backend.tf.memory().numTensors;
    const model = createModel(backend, SMALL[architecture], 3);
    const languageModel = asLanguageModel(backend, model, { ownsWeights: true });
    await languageModel.nextLogits(tree(1, 5));
    await languageModel.allLogits([1, 2, 3]);
    await languageModel.dispose();
    expect(backend.tf.memory().numTensors).toBe(before);
  });

  test("bad prefixes, aborts and use after dispose are errors", async () => {
    const model = createModel(backend, SMALL[architecture], 3);
    const languageModel = asLanguageModel(backend, model);
    await expect(languageModel.nextLogits([[]])).rejects.toThrow("the prompt is empty");
    await expect(languageModel.nextLogits([[SMALL.vocabSize]])).rejects.toThrow("not in the vocabulary");
    await expect(languageModel.allLogits(new Array(SMALL.contextLength + 1).fill(0))).rejects.toThrow(
      `reads at most ${SMALL.contextLength}`,
    );
    await expect(languageModel.nextLogits([[1]], AbortSignal.abort(new Error("enough")))).rejects.toThrow(
      "enough",
    );
    await languageModel.dispose();
    await expect(languageModel.nextLogits([[1]])).rejects.toThrow("has been disposed");
    model.dispose();
  });
});

test("a transformer tells how much of a text it remembers, others keep it to themselves", async () => {
  const model = createModel(backend, SMALL.gpt2, 3);
  const languageModel = asLanguageModel(backend, model);
  if (!hasPrefixCache(languageModel)) throw new Error("the model keeps its cache to itself");
  expect(await languageModel.cachedLengths([[5, 6, 7]])).toEqual([0]);
  await languageModel.nextLogits([[5, 6, 7]]);
  expect(await languageModel.cachedLengths([[5, 6, 7, 8], [5, 6], [5, 9], []])).toEqual([3, 2, 1, 0]);
  await languageModel.dispose();
  model.dispose();
  const recurrent = createModel(backend, SMALL.gru, 3);
  expect(hasPrefixCache(asLanguageModel(backend, recurrent))).toBe(false);
  recurrent.dispose();
});

test("a sliding window reads the last tokens that a transformer has positions for", async () => {
  const model = createModel(backend, SMALL.gpt2, 3);
  const sliding = slidingWindow(asLanguageModel(backend, model));
  const text = Array.from({ length: SMALL.contextLength + 5 }, (_, i) => (i * 5) % SMALL.vocabSize);
  const [row] = await sliding.nextLogits([text]);
  const [expected] = await asLanguageModel(backend, model).nextLogits([text.slice(-SMALL.contextLength)]);
  expectClose(row, expected);
  const all = await sliding.allLogits(text);
  expect(all).toHaveLength(text.length);
  expectClose(all[text.length - 1], expected);
});
