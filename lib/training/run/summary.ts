import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { checkpointFolder, listCheckpoints } from "../../models/trained/checkpointFolders.js";
import type { RunConfig } from "../config/schema.js";
import { runFolder } from "./folder.js";
import { type HistoryRow, readHistory } from "./history.js";
import { type RunProgress, readProgress } from "./progress.js";
import { readRunConfig } from "./store.js";

/** A run, as its folder tells it. */
export interface RunSummary {
  readonly name: string;
  readonly root: string;
  readonly config: RunConfig;
  readonly history: readonly HistoryRow[];
  /** Steps of the checkpoints that are there. */
  readonly checkpoints: readonly number[];
  /** Where the last checkpoint stood; undefined before the first. */
  readonly progress: RunProgress | undefined;
}

/** @throws TrainingError if the folder holds no run, or a broken one */
export async function readRun(root: string): Promise<RunSummary> {
  const folder = runFolder(root);
  const config = await readRunConfig(root);
  const checkpoints = await listCheckpoints(folder.checkpoints);
  const last = checkpoints.at(-1);
  return {
    name: path.basename(path.resolve(root)),
    root,
    config,
    history: await readHistory(folder.history),
    checkpoints,
    progress: last === undefined ? undefined : await readProgress(checkpointFolder(folder.checkpoints, last)),
  };
}

/** The runs in a folder, and the folder itself if it is one, by name. */
export async function listRuns(folder: string): Promise<RunSummary[]> {
  if (existsSync(runFolder(folder).config)) return [await readRun(folder)];
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  const roots = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(folder, entry.name))
    .filter((root) => existsSync(runFolder(root).history))
    .sort();
  return Promise.all(roots.map(readRun));
}
