import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { logSoftmax } from "../../lib/core/rows.js";
import type { OpenModel } from "../../lib/core/types.js";
import { openModel } from "../../lib/models/openModel.js";
import { temporaryDirectory } from "../support/temporary.js";
import { python, pythonWith } from "./support/python.js";
import { eventsOf, smallConfig, smallText } from "./support/runs.js";

const { installed, howToGet } = pythonWith(["torch", "transformers", "accelerate"]);
const script = path.resolve("examples/accelerate/continue.py");
const LENGTH = 8;
const WINDOWS = 4;

/** Mean nats per token over windows side by side, each from its second token on. */
async function lossOf({ model, tokenizer }: OpenModel, text: string): Promise<number> {
  const tokens = tokenizer.encode(text);
  let [nats, count] = [0, 0];
  for (let start = 0; start < tokens.length; start += LENGTH) {
    const window = tokens.slice(start, start + LENGTH);
    const rows = await model.allLogits(window);
    for (const [i, token] of window.slice(1).entries()) {
      nats -= logSoftmax(rows[i])[token];
      count++;
    }
  }
  return nats / count;
}

async function lossAt(directory: string, text: string): Promise<number> {
  const open = await openModel(directory);
  const loss = await lossOf(open, text);
  await open.model.dispose();
  return loss;
}

describe.skipIf(!installed)(`Hugging Face accelerate, on the CPU (${howToGet})`, () => {
  test.each([1, 2])(
    "takes a step from a checkpoint in %i processes, and what it writes opens here",
    async (processes) => {
      const root = await temporaryDirectory();
      const config = await smallConfig(root, "gpt2", ["model.dropout=0"]);
      await eventsOf(config);
      const checkpoint = path.join(config.out, "checkpoints", "12");
      const text = smallText().slice(0, LENGTH * WINDOWS);
      const file = path.join(root, "more.txt");
      await writeFile(file, text);

      const out = path.join(root, "continued");
      const step = ["--steps", "1", "--warmup-steps", "0", "--learning-rate", "0.01"];
      const { stdout } = await promisify(execFile)(
        python,
        [
          ...["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", `${processes}`],
          ...[script, checkpoint, file, "--out", out, "--batch-size", `${WINDOWS / processes}`, ...step],
        ],
        {
          env: { ...process.env, ACCELERATE_USE_CPU: "true", OMP_NUM_THREADS: "1", HF_HOME: root },
          timeout: 150_000,
        },
      );

      const said = JSON.parse(stdout) as { step: number; loss: number; processes: number };
      expect([said.step, said.processes]).toEqual([1, processes]);
      const before = await lossAt(checkpoint, text);
      expect(Math.abs(said.loss - before)).toBeLessThan(1e-4);
      expect(await lossAt(out, text)).toBeLessThan(before - 0.01);
    },
    180_000,
  );
});
