import { setImmediate } from "node:timers/promises";
import { TrainingError } from "../../core/errors.js";
import type {
  CheckpointEvent,
  DoneEvent,
  Sample,
  StepEvent,
  TrainEvent,
  ValidationEvent,
} from "../events.js";
import type { HistoryRow } from "../run/history.js";
import type { BestValidation } from "../run/progress.js";
import { writeStepState } from "../run/stepState.js";
import { learningRateAt } from "../schedule.js";
import type { Session } from "./session.js";
import { type Speed, speedOver } from "./speed.js";
import { validate } from "./validation.js";

/** What changes from step to step, beside the weights. */
interface Standing {
  step: number;
  best: BestValidation | undefined;
  sinceBest: number;
  rows: HistoryRow[];
  /** Step of the last checkpoint; 0 where there is none yet. */
  saved: number;
}

/**
 * Trains from where the session stands to its last step. Validation, samples and checkpoints come at multiples of
 * their intervals and at the end, so that an interrupted run and one that never was go through the same states.
 */
export async function* trainingLoop(
  session: Session,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrainEvent> {
  const { config, from } = session;
  const { steps, validateEvery, sampleInterval, patience } = config.training;
  const at: Standing = {
    step: from.step,
    best: from.best,
    sinceBest: from.sinceBest,
    rows: [],
    saved: from.step,
  };
  const speed = speedOver(session.now);
  const started = session.now();
  const seconds = () => from.seconds + (session.now() - started) / 1000;
  const impatient = () => patience !== null && at.sinceBest >= patience;
  while (at.step < steps && !impatient() && signal?.aborted !== true) {
    yield await oneStep(session, at, speed);
    const due = (interval: number) => at.step % interval === 0 || at.step === steps;
    if (due(validateEvery)) yield await validation(session, at);
    if (due(sampleInterval)) yield await samples(session, at.step);
    if (due(validateEvery) || due(sampleInterval)) yield await checkpoint(session, at, seconds());
    speed.pause();
  }
  if (at.rows.length > 0) yield await checkpoint(session, at, seconds());
  yield await done(session, at, seconds(), impatient());
}

async function oneStep(session: Session, at: Standing, speed: Speed): Promise<StepEvent> {
  const { config, batches, step: trainingStep } = session;
  const { training } = config;
  // Lets signals and other work of this process have their turn.
  await setImmediate();
  const step = at.step + 1;
  const learningRate = learningRateAt(step, training);
  const batch = batches.next();
  const { loss, gradientNorm } = await trainingStep.run({
    ...batch,
    learningRate,
    seed: (config.seed * 1_000_003 + step) % 2 ** 31,
    resetState: !batch.continues,
    resetRows: batch.restarts,
  });
  if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm))
    throw notANumber(session, at.saved, step, learningRate);
  const tokensPerSecond = speed.step(batch.inputs.length);
  const remainingSeconds = ((training.steps - step) * batch.inputs.length) / tokensPerSecond;
  at.step = step;
  at.rows.push({ step, loss, gradientNorm, learningRate, tokensPerSecond });
  return { type: "step", step, loss, gradientNorm, learningRate, tokensPerSecond, remainingSeconds };
}

async function validation(session: Session, at: Standing): Promise<ValidationEvent> {
  const { step } = at;
  const scores = await validate(session.step, session.validation);
  const best = at.best === undefined || scores.loss < at.best.loss;
  if (best) at.best = { step, ...scores };
  at.sinceBest = best ? 0 : at.sinceBest + 1;
  const { loss, bitsPerCharacter, perplexity } = scores;
  at.rows.push({ ...(at.rows.pop() as HistoryRow), validationLoss: loss, bitsPerCharacter, perplexity });
  return { type: "validation", step, ...scores, best };
}

async function samples({ sample, store }: Session, step: number): Promise<TrainEvent> {
  const drawn: Sample[] = await sample();
  const directory = await store.writeSamples(step, drawn);
  return { type: "samples", step, samples: drawn, directory };
}

async function checkpoint(session: Session, at: Standing, seconds: number): Promise<CheckpointEvent> {
  const { store, model, tokenizer, batches, data } = session;
  const { step, best, sinceBest } = at;
  const state = await session.step.readState();
  const progress = { step, best, sinceBest, seconds, batches: batches.position(), data };
  const save = async () => {
    await store.appendHistory(at.rows);
    return store.saveCheckpoint(progress, (partial) =>
      writeStepState(partial, model.config, tokenizer, state),
    );
  };
  const directory = await save().catch((error: NodeJS.ErrnoException) => {
    throw notSaved(session, at, error);
  });
  at.rows = [];
  at.saved = step;
  return { type: "checkpoint", step, directory };
}

async function done(
  { store, config }: Session,
  { step, best }: Standing,
  seconds: number,
  impatient: boolean,
): Promise<DoneEvent> {
  const reason = step >= config.training.steps ? "steps" : impatient ? "patience" : "interrupted";
  const withoutPicture = await store.drawPicture();
  return { type: "done", step, reason, seconds, best, run: store.root, withoutPicture };
}

/** What the disk refused; errors of other kinds stay as they are. */
function notSaved({ store }: Session, { step, saved }: Standing, error: NodeJS.ErrnoException): Error {
  if (error.code === undefined) return error;
  const kept = saved > 0 ? `go on with --resume from step ${saved}, which is whole` : "begin again";
  const message = `the checkpoint of step ${step} could not be written into ${store.root} (${error.code})`;
  return new TrainingError(`${message}: make room for it, then ${kept}`, { cause: error });
}

function notANumber({ store }: Session, saved: number, step: number, learningRate: number): TrainingError {
  const kept =
    saved > 0 ? `the checkpoint of step ${saved} in ${store.root} is whole` : "there is no checkpoint yet";
  return new TrainingError(
    `the loss of step ${step} is not a number, at a learning rate of ${learningRate.toPrecision(3)}: ` +
      "lower training.learningRate, lengthen training.schedule.warmupSteps, or set training.clipNorm to 1 or less; " +
      kept,
  );
}
