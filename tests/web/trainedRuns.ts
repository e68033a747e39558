import { writeFile } from "node:fs/promises";
import path from "node:path";
import { runProgram } from "../cli/program.js";
import { temporaryDirectory } from "../support/temporary.js";
import { smallRun } from "../training/support/runs.js";

/** A folder with a run that was trained just now: 40 steps of a small GRU, with samples and checkpoints. */
export async function trainedRuns(): Promise<string> {
  const root = await temporaryDirectory();
  const config = path.join(root, "small.yaml");
  await writeFile(config, await smallRun(root, "gru", "small"));
  const steps = ["--set", "training.steps=40", "--set", "training.sampleInterval=20"];
  const { code, stderr } = await runProgram(["train", config, ...steps], { root });
  if (code !== 0) throw new Error(stderr);
  return root;
}
