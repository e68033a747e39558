import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { openModel } from "../../lib/models/openModel.js";
import { temporaryDirectory } from "../support/temporary.js";
import { python, pythonWith } from "./support/python.js";
import { eventsOf, smallConfig } from "./support/runs.js";

const { installed, howToGet } = pythonWith(["torch", "transformers", "safetensors"]);
const scripts = path.resolve(import.meta.dirname, "../golden/python");

/** What a script says of a fresh checkpoint and the logits that it has here. */
async function inPython(script: string, architecture: string, overrides: readonly string[] = []) {
  const root = await temporaryDirectory();
  const config = await smallConfig(root, architecture, overrides);
  await eventsOf(config);
  const checkpoint = path.join(config.out, "checkpoints", "12");
  const { model, tokenizer } = await openModel(checkpoint);
  const tokens = tokenizer.encode("the cat");
  const logits = (await model.allLogits(tokens)).map((row) => Array.from(row));
  await model.dispose();
  const recorded = path.join(root, "logits.json");
  await writeFile(recorded, JSON.stringify({ tokens, logits }));
  const { stdout } = await promisify(execFile)(python, [path.join(scripts, script), checkpoint, recorded]);
  return JSON.parse(stdout) as { difference: number; before?: number; after?: number };
}

test.skipIf(!installed)(
  `Python's AutoModelForCausalLM opens a checkpoint, agrees, and trains it further (${howToGet})`,
  async () => {
    const { difference, before, after } = await inPython("continue_checkpoint.py", "gpt2", [
      "model.dropout=0",
    ]);
    expect(difference).toBeLessThan(1e-4);
    expect(after).toBeLessThan(before ?? 0);
  },
  180_000,
);

test.skipIf(!installed).each(["rnn", "gru", "lstm"])(
  `a PyTorch module of a few lines opens a checkpoint of %s (${howToGet})`,
  async (architecture) => {
    const { difference } = await inPython("recurrent.py", architecture);
    expect(difference).toBeLessThan(1e-4);
  },
  180_000,
);
