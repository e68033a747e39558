import { assertKnownOptions, type OptionNames } from "../core/options.js";
import type { RunConfig } from "./config/schema.js";
import type { TrainEvent } from "./events.js";
import { trainingLoop } from "./loop/loop.js";
import { openSession, type SessionOptions } from "./loop/session.js";

export interface TrainOptions extends SessionOptions {
  /** Aborting it ends training after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
}

const names: OptionNames<TrainOptions> = { resume: true, file: true, signal: true, now: true };

/**
 * Trains a language model as the configuration says, into the folder that it names, and yields what happens: start,
 * each step, validations, samples, checkpoints, done. Two runs of one configuration give the same losses on one
 * machine; so do one that was interrupted and resumed and one that was not. Whoever stops iterating stops the training
 * without a checkpoint; the signal stops it with one.
 *
 *     const config = parseRunConfig("out: runs/a\ncorpus: { source: moby-dick }");
 *     for await (const event of train(config)) if (event.type === "validation") console.log(event.loss);
 *
 * @throws ConfigError, CorpusError, ModelError or OptionError for what can't be trained, before anything is written;
 * TrainingError for a folder that has a run already, or none to resume, and for a loss that is not a number
 */
export async function* train(config: RunConfig, options: TrainOptions = {}): AsyncGenerator<TrainEvent> {
  assertKnownOptions(options, names);
  const session = await openSession(config, options);
  try {
    yield session.start;
    yield* trainingLoop(session, options.signal);
  } finally {
    session.dispose();
  }
}
