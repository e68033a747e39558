import { expect, test } from "vitest";
import type { ModelConfig } from "../../lib/models/trainable/config.js";
import { assertMemory } from "../../lib/training/loop/memory.js";

const gru: ModelConfig = {
  architecture: "gru",
  vocabSize: 100,
  embedSize: 64,
  hiddenSize: 512,
  numLayers: 1,
  dropout: 0,
  tieEmbedding: false,
  contextLength: 4096,
};
const batch = { batchSize: 32, length: 64 };

test("what fits is let through", () => {
  expect(() => assertMemory(gru, batch, 1e9)).not.toThrow();
});

test.each<[string, ModelConfig, typeof batch, string]>([
  [
    "a recurrent net",
    { ...gru, hiddenSize: 100_000 },
    batch,
    "`model.hiddenSize` must be smaller: 30029806500 weights take 480.5 GB to train, and this machine has 1 GB, but is 100000",
  ],
  [
    "a transformer",
    {
      architecture: "gpt2",
      vocabSize: 100,
      contextLength: 64,
      numLayers: 1,
      numHeads: 1,
      width: 100_000,
      dropout: 0,
    },
    batch,
    "`model.width` must be smaller: 120017900000 weights take 1,920.3 GB to train, and this machine has 1 GB, but is 100000",
  ],
  [
    "a batch",
    gru,
    { ...batch, batchSize: 1_000_000 },
    "`training.batchSize` must be smaller: the scores of a batch take 51.2 GB, and this machine has 1 GB, but is 1000000",
  ],
])("%s that no machine of this size could hold is refused", (_, model, sizes, says) => {
  expect(() => assertMemory(model, sizes, 1e9)).toThrow(says);
});
