import { readFile } from "node:fs/promises";
import path from "node:path";
import { TrainingError } from "../../core/errors.js";
import { PROGRESS_FILE } from "../../models/trained/checkpointFolders.js";
import type { BatchPosition } from "../batches/index.js";
import type { Scores } from "../metrics.js";

/** The best validation so far. */
export interface BestValidation extends Scores {
  readonly step: number;
}

/** Where a run stood when a checkpoint was made, beside its weights and the optimizer's state. */
export interface RunProgress {
  /** Updates done. */
  readonly step: number;
  /** The batch that comes next. */
  readonly batches: BatchPosition;
  readonly best: BestValidation | undefined;
  /** Validations since the best one. */
  readonly sinceBest: number;
  /** Seconds of training, all sessions together. */
  readonly seconds: number;
  /** Hash of the training tokens, so that a run is not continued on another text. */
  readonly data: string;
}

/** @throws TrainingError if the checkpoint has none, or it can't be read */
export async function readProgress(checkpoint: string): Promise<RunProgress> {
  const file = path.join(checkpoint, PROGRESS_FILE);
  try {
    return JSON.parse(await readFile(file, "utf8")) as RunProgress;
  } catch (error) {
    throw new TrainingError(`${file}: could not be read (${(error as Error).message})`, { cause: error });
  }
}
