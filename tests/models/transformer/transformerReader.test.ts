import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../../lib/models/backend/backend.js";
import { openBackend } from "../../../lib/models/backend/openBackend.js";
import { createModel } from "../../../lib/models/trainable/createModel.js";
import { transformerReader } from "../../../lib/models/transformer/transformerReader.js";
import { SMALL } from "../trainable/small.js";

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend({ backend: "cpu" });
});

/** A cache that holds one reading of two full texts and forgets all the time. */
const NARROW = { bytes: 0, tokensAtOnce: 2 * SMALL.contextLength };
const WIDE = { bytes: 2 ** 20, tokensAtOnce: 1024 };

const token = fc.integer({ min: 0, max: 2 }); // few, so that texts share beginnings
const text = fc.array(token, { minLength: 1, maxLength: SMALL.contextLength });
const calls = fc.array(fc.array(text, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 });

describe.each([
  ["a wide cache", WIDE],
  ["a cache that forgets", NARROW],
])("%s", (_, limits) => {
  test("gives the rows of a reader without one, whatever was read before", async () => {
    const model = createModel(backend, SMALL.gpt2, 3);
    await fc.assert(
      fc.asyncProperty(calls, async (batches) => {
        const reader = transformerReader(backend.tf, model, SMALL.gpt2, limits);
        for (const batch of batches) {
          const rows = await reader.next(batch);
          for (const [at, prefix] of batch.entries()) {
            const expected = (await reader.all(prefix)).at(-1)!;
            for (const [i, value] of rows[at].entries()) expect(value).toBeCloseTo(expected[i], 4);
          }
        }
        await reader.dispose();
      }),
      { numRuns: 20, seed: 7 },
    );
    model.dispose();
  });

  test("serves callers that ask at the same time", async () => {
    const model = createModel(backend, SMALL.gpt2, 3);
    const reader = transformerReader(backend.tf, model, SMALL.gpt2, limits);
    const texts = Array.from({ length: 8 }, (_, i) => Array.from({ length: 16 }, (_, at) => (i * at) % 11));
    const found = await Promise.all(texts.map((prefix) => reader.next([prefix])));
    for (const [i, [row]] of found.entries()) {
      const expected = (await reader.all(texts[i])).at(-1)!;
      for (const [at, value] of row.entries()) expect(value).toBeCloseTo(expected[at], 4);
    }
    model.dispose();
  });
});

test("an abort while a text is read is heard, and leaves the cache whole", async () => {
  const config = { ...SMALL.gpt2, contextLength: 600 };
  const model = createModel(backend, config, 3);
  const before = backend.tf.memory().numTensors;
  const reader = transformerReader(backend.tf, model, config);
  const long = Array.from({ length: 600 }, (_, i) => (i * 7) % 11);
  const control = new AbortController();
  const reading = reader.next([long], control.signal);
  setTimeout(() => control.abort(new Error("enough")));
  await expect(reading).rejects.toThrow("enough");
  const [row] = await reader.next([long]);
  const expected = (await reader.all(long)).at(-1)!;
  for (const [i, value] of row.entries()) expect(value).toBeCloseTo(expected[i], 4);
  await reader.dispose();
  expect(backend.tf.memory().numTensors).toBe(before);
  model.dispose();
});
