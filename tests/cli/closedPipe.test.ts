import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { PROGRAM } from "./program.js";

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Runs the program, and reads no more than the first of what it writes. */
function cutShort(args: readonly string[], input: string): Promise<End> {
  const child = spawn(process.execPath, [PROGRAM, ...args]);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdout.once("data", () => child.stdout.destroy());
  child.stdin.end(input);
  return new Promise((resolve) => child.on("exit", (code, signal) => resolve({ code, signal, stderr })));
}

const recipe = JSON.stringify({ method: "greedy", maxNewTokens: 200 });

test.each(["onnx", "native"])(
  "a reader that stops early ends the program quietly, while the %s runtime computes",
  async (runtime) => {
    const args = ["trace", "--recipe", "-", "--prompt", "Transformers are the", "--runtime", runtime];
    for (let time = 0; time < (runtime === "onnx" ? 4 : 1); time++) {
      expect(await cutShort(args, recipe)).toEqual({ code: 0, signal: null, stderr: "" });
    }
  },
  120_000,
);
