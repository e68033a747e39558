import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { TrainingError } from "../../core/errors.js";
import { replaceFile } from "../../core/writeFile.js";
import { checkpointFolder, listCheckpoints, PROGRESS_FILE } from "../../models/trained/checkpointFolders.js";
import type { ChatTemplate } from "../../tokenizers/file/read.js";
import { saveTokenizer, type TrainedTokenizer } from "../../tokenizers/index.js";
import { configText, parseRunConfig } from "../config/read.js";
import type { RunConfig } from "../config/schema.js";
import { drawPage, findBrowser } from "../curve/picture.js";
import type { Sample } from "../events.js";
import { writeSamples } from "../sampling.js";
import { makeCheckpoint, removeCheckpoint, removeLeftOvers } from "./checkpoints.js";
import { writeCurve } from "./curve.js";
import { assertSameRun } from "./fixed.js";
import { runFolder } from "./folder.js";
import { appendHistory, type HistoryRow, readHistory, writeHistory } from "./history.js";
import { assertPlace, makePlace } from "./place.js";
import { type RunProgress, readProgress } from "./progress.js";

/** The folder of a run that is being trained. */
export interface RunStore {
  readonly root: string;
  /** The rows that were written so far. */
  readonly rows: readonly HistoryRow[];
  /** The checkpoint to go on from; undefined for a new run. */
  readonly last: { readonly directory: string; readonly progress: RunProgress } | undefined;
  appendHistory(rows: readonly HistoryRow[]): Promise<void>;
  /** @returns the folder that they are in */
  writeSamples(step: number, samples: readonly Sample[]): Promise<string>;
  /**
   * Makes the checkpoint whole or not at all, draws the curve anew, and removes checkpoints that are no longer needed:
   * those of samples, the best and the last stay.
   * @returns its folder
   */
  saveCheckpoint(progress: RunProgress, write: (directory: string) => Promise<void>): Promise<string>;
  /**
   * Draws the curve as a picture, where a Chromium is found.
   * @returns why there is none, or undefined where there is one
   */
  drawPicture(): Promise<string | undefined>;
}

/**
 * Makes the folder of a new run.
 * @param chatTemplate of the model that it begins with; checkpoints find it in the run's folder
 * @throws TrainingError if there is a run in it
 */
export async function createRun(
  config: RunConfig,
  tokenizer: TrainedTokenizer,
  chatTemplate?: ChatTemplate,
): Promise<RunStore> {
  const folder = runFolder(config.out);
  await assertNoRun(config.out);
  await makePlace(config.out, folder.checkpoints);
  await saveTokenizer(tokenizer, folder.root, chatTemplate);
  await writeHistory(folder.history, []);
  await replaceFile(folder.config, configText(config));
  return store(config, [], undefined);
}

/** @throws TrainingError for a file, or if there is a run with checkpoints in the folder: a new one would mix with it */
export async function assertNoRun(out: string): Promise<void> {
  await assertPlace(out);
  const steps = await listCheckpoints(runFolder(out).checkpoints);
  if (steps.length === 0) return;
  throw new TrainingError(
    `there is a run of ${steps.at(-1)} steps in ${out}: continue it with --resume, or give another folder as \`out\``,
  );
}

/**
 * Opens a run that is to go on. What was written after its last checkpoint is removed, since it will be done again.
 * @throws TrainingError if there is none; ConfigError if the configuration is not the run's
 */
export async function resumeRun(config: RunConfig, file: string): Promise<RunStore> {
  const folder = runFolder(config.out);
  const began = await readRunConfig(config.out);
  assertSameRun(began, config, file);
  await removeLeftOvers(folder.checkpoints);
  const step = (await listCheckpoints(folder.checkpoints)).at(-1);
  if (step === undefined) {
    throw new TrainingError(`the run in ${config.out} has no checkpoint yet: start it without --resume`);
  }
  const directory = checkpointFolder(folder.checkpoints, step);
  const progress = await readProgress(directory);
  const rows = (await readHistory(folder.history)).filter((row) => row.step <= step);
  await writeHistory(folder.history, rows);
  await replaceFile(folder.config, configText(config));
  return store(config, rows, { directory, progress });
}

/** @throws TrainingError if the folder holds no run */
export async function readRunConfig(root: string): Promise<RunConfig> {
  const { config: file } = runFolder(root);
  if (!existsSync(file)) throw new TrainingError(`there is no run in ${root}: it has no config.yaml`);
  return parseRunConfig(await readFile(file, "utf8"), { file });
}

function store(config: RunConfig, before: readonly HistoryRow[], last: RunStore["last"]): RunStore {
  const folder = runFolder(config.out);
  const rows = [...before];
  const { sampleInterval } = config.training;
  return {
    root: folder.root,
    rows,
    last,
    async appendHistory(added) {
      await appendHistory(folder.history, added);
      rows.push(...added);
    },
    async writeSamples(step, samples) {
      const directory = path.join(folder.samples, String(step));
      await writeSamples(directory, samples);
      return directory;
    },
    async saveCheckpoint(progress, write) {
      const { step, best } = progress;
      const directory = await makeCheckpoint(folder.checkpoints, step, async (partial) => {
        await write(partial);
        await replaceFile(path.join(partial, PROGRESS_FILE), `${JSON.stringify(progress, null, 2)}\n`);
      });
      await writeCurve(folder.curvePage, path.basename(path.resolve(folder.root)), rows);
      for (const old of await listCheckpoints(folder.checkpoints)) {
        const kept = old === step || old === best?.step || old % sampleInterval === 0;
        if (!kept) await removeCheckpoint(folder.checkpoints, old);
      }
      return directory;
    },
    async drawPicture() {
      const browser = findBrowser(process.env);
      if (browser === undefined) return "no Chromium was found; CHROME_PATH names one";
      if (!existsSync(folder.curvePage)) return "there is no curve yet";
      return drawPage(browser, path.resolve(folder.curvePage), folder.curvePicture);
    },
  };
}
