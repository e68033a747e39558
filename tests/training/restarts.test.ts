import { describe, expect, test } from "vitest";
import { contiguousStreams } from "../../lib/training/batches/index.js";
import { validationBatches } from "../../lib/training/loop/data.js";
import { temporaryDirectory } from "../support/temporary.js";
import { numbered } from "./batches/documents.js";
import { eventsOf, ofType, smallConfig } from "./support/runs.js";

const data = numbered([300, 200, 400]);
const options = { batchSize: 4, length: 5, seed: 1 };

describe("rows that begin without a state", () => {
  test("are as many as asked for, drawn from the seed, and change no token", () => {
    const plain = contiguousStreams(data, options);
    const some = contiguousStreams(data, { ...options, restarts: 0.25 });
    const drawn = Array.from({ length: plain.batchesPerEpoch }, () => {
      const { restarts = [], ...batch } = some.next();
      expect(batch).toEqual(plain.next());
      return restarts.length;
    });
    const share = drawn.reduce((sum, rows) => sum + rows, 0) / (drawn.length * options.batchSize);
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.35);
  });

  test.each([-0.1, 1.1, Number.NaN])("a probability of %d is an error", (restarts) => {
    expect(() => contiguousStreams(data, { ...options, restarts })).toThrow("`restarts` must be from 0 to 1");
  });
});

test("a recurrent net is validated as it is trained: on streams that go on; a transformer on windows", async () => {
  const config = await smallConfig(await temporaryDirectory(), "gru");
  const goesOn = (recurrent: boolean) =>
    validationBatches(config, data, recurrent).map(({ continues }) => continues);
  expect(goesOn(true)).toEqual([false, true]);
  expect(goesOn(false)).toEqual([false, false]);
});

/** Saturated at a high rate, a GRU that never met an empty state was worse from one by half a nat and more. */
test("a net trained on streams also predicts from an empty state", async () => {
  const lossOf = async (share: number) => {
    const sizes = [
      "model.hiddenSize=32",
      "model.numLayers=1",
      "model.dropout=0",
      "training.learningRate=0.05",
    ];
    const steps = ["training.steps=120", "training.validateEvery=120", "training.sampleInterval=120"];
    // One batch that begins from nothing: all that it shows is how a text is begun.
    const short = ["training.validationBatches=1", `training.restarts=${share}`];
    const config = await smallConfig(await temporaryDirectory(), "gru", [...sizes, ...steps, ...short]);
    return ofType(await eventsOf(config), "validation").at(-1)!.loss;
  };
  expect(await lossOf(0.1)).toBeLessThan((await lossOf(0)) - 0.05);
});
