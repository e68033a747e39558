import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { ModelError } from "../../core/errors.js";

/** The file of a checkpoint that says where its run stood. */
export const PROGRESS_FILE = "training.json";

/** The folder of a run that holds its checkpoints, each named by its step. */
export const CHECKPOINTS = "checkpoints";

/** The steps whose checkpoints are whole, in order. */
export async function listCheckpoints(folder: string): Promise<number[]> {
  if (!existsSync(folder)) return [];
  const names = await readdir(folder);
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

export function checkpointFolder(folder: string, step: number): string {
  return path.join(folder, String(step));
}

/** Whether a directory is a run's. */
export function isRun(directory: string): boolean {
  return [CHECKPOINTS, "config.yaml"].every((name) => existsSync(path.join(directory, name)));
}

/**
 * The checkpoint of a run that validated best, or the last one where none was validated.
 * @throws ModelError for a run without checkpoints
 */
export async function bestCheckpoint(run: string): Promise<string> {
  const folder = path.join(run, CHECKPOINTS);
  const steps = await listCheckpoints(folder);
  const last = steps.at(-1);
  if (last === undefined) throw new ModelError(run, "the run has no checkpoint yet");
  const text = await readFile(path.join(checkpointFolder(folder, last), PROGRESS_FILE), "utf8");
  const { best } = JSON.parse(text) as { best?: { step: number } };
  return checkpointFolder(folder, best !== undefined && steps.includes(best.step) ? best.step : last);
}
