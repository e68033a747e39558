import { ConfigError, TrainingError } from "../../core/errors.js";
import type { LanguageModel } from "../../core/types.js";
import type { Backend } from "../../models/backend/backend.js";
import { asLanguageModel } from "../../models/trainable/asLanguageModel.js";
import type { TrainableModel } from "../../models/trainable/trainable.js";
import type { TrainedTokenizer } from "../../tokenizers/index.js";
import type { Batches } from "../batches/index.js";
import { inSection } from "../config/inSection.js";
import type { RunConfig } from "../config/schema.js";
import type { Sample, StartEvent } from "../events.js";
import type { RunProgress } from "../run/progress.js";
import { readStepState } from "../run/stepState.js";
import { assertNoRun, createRun, type RunStore, resumeRun } from "../run/store.js";
import { assertSamples, sampleTexts } from "../sampling.js";
import { createStep } from "../step/createStep.js";
import type { TrainingStep } from "../step/step.js";
import { prepareData, trainingBatches, validationBatches } from "./data.js";
import { beginning, openModelOf } from "./model.js";
import { type ValidationSet, validationSet } from "./validation.js";

/** All that training holds while it goes on. */
export interface Session {
  readonly config: RunConfig;
  readonly store: RunStore;
  readonly model: TrainableModel;
  readonly tokenizer: TrainedTokenizer;
  readonly step: TrainingStep;
  readonly batches: Batches;
  readonly validation: ValidationSet;
  /** Hash of the training tokens. */
  readonly data: string;
  /** Where it begins: at nothing, or where a run that goes on stood. */
  readonly from: Pick<RunProgress, "step" | "best" | "sinceBest" | "seconds">;
  readonly start: StartEvent;
  /** Milliseconds on a clock that only runs forward. */
  readonly now: () => number;
  /** Draws the samples that the configuration asks for from the weights as they are now. */
  sample(): Promise<Sample[]>;
  dispose(): void;
}

export interface SessionOptions {
  /** Goes on with the run in the folder. Default: a new run. */
  readonly resume?: boolean;
  /** What the configuration came from, for messages. Default `config`. */
  readonly file?: string;
  readonly signal?: AbortSignal;
  /** Default `performance.now`. */
  readonly now?: () => number;
}

/** Opens corpus, tokenizer, backend, model and folder. Fails before anything is written where it can. */
export async function openSession(config: RunConfig, options: SessionOptions): Promise<Session> {
  const { resume = false, file = "config", signal, now = () => performance.now() } = options;
  const resumed = resume ? await resumeRun(config, file) : undefined;
  if (!resumed) await assertNoRun(config.out);
  const origin = await beginning(config, resumed?.last?.directory);
  const data = await prepareData(config, origin.tokenizer, signal);
  const last = resumed?.last;
  if (last && last.progress.data !== data.fingerprint) {
    throw new TrainingError(`${config.corpus.source} has changed since the run in ${config.out} began`);
  }
  const { backend, model } = await openModelOf(config, origin.files, data.tokenizer);
  try {
    assertLength(config, model, file);
    const recurrent = model.config.architecture !== "gpt2";
    const batches = await inSection("training", () =>
      trainingBatches(config, data.train, recurrent, last?.progress.batches),
    );
    const held = validationBatches(config, data.validation, recurrent);
    const validation = validationSet(held, data.tokenizer);
    await assertCanSample(backend, model, data.tokenizer, config);
    const step = await openStep(backend, model, config);
    if (last) await step.writeState(await readStepState(last.directory));
    const store = resumed ?? (await createRun(config, data.tokenizer, origin.chatTemplate));
    const from = last?.progress ?? { step: 0, best: undefined, sinceBest: 0, seconds: 0 };
    const { tokenizer, fingerprint } = data;
    return {
      ...{ config, store, model, tokenizer, step, batches, validation, from, now },
      data: fingerprint,
      start: startEvent(config, backend, model, step, from.step, [
        data.train.tokens.length,
        validation.tokens,
      ]),
      sample: () => samplesOf(backend, model, step, tokenizer, config),
      dispose() {
        step.dispose();
        model.dispose();
      },
    };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

function openStep(backend: Backend, model: TrainableModel, { training }: RunConfig): Promise<TrainingStep> {
  const { optimizer, beta1, beta2, weightDecay, clipNorm, compile } = training;
  return createStep(
    backend,
    model,
    { type: optimizer, beta1, beta2, ...(weightDecay !== null && { weightDecay }) },
    { ...(clipNorm !== null && { clipNorm }), compile: compile ? "auto" : "never" },
  );
}

/** Samples are finished also when training is to end, so that a resumed run lacks none. */
async function samplesOf(
  backend: Backend,
  model: TrainableModel,
  step: TrainingStep,
  tokenizer: TrainedTokenizer,
  { sampling, out }: RunConfig,
): Promise<Sample[]> {
  await step.updateModel();
  const samples: Sample[] = [];
  await reading(backend, model, async (reader) => {
    for await (const { name, prompt, text } of sampleTexts(
      { name: out, model: reader, tokenizer },
      sampling,
    )) {
      samples.push({ name, prompt, text });
    }
  });
  return samples;
}

/** A recipe that fails does so now, not at the first sample after hours of training. */
function assertCanSample(
  backend: Backend,
  model: TrainableModel,
  tokenizer: TrainedTokenizer,
  { sampling, out }: RunConfig,
): Promise<void> {
  return reading(backend, model, (reader) =>
    assertSamples({ name: out, model: reader, tokenizer }, sampling),
  );
}

async function reading(
  backend: Backend,
  model: TrainableModel,
  use: (reader: LanguageModel) => Promise<void>,
): Promise<void> {
  const reader = asLanguageModel(backend, model);
  try {
    await use(reader);
  } finally {
    await reader.dispose();
  }
}

function assertLength({ training }: RunConfig, { config }: TrainableModel, file: string): void {
  if (config.architecture !== "gpt2" || training.length <= config.contextLength) return;
  const rule = `at most ${config.contextLength}, the model's context`;
  throw new ConfigError(file, undefined, `\`training.length\` must be ${rule}, but is ${training.length}`);
}

function startEvent(
  { training, out }: RunConfig,
  backend: Backend,
  model: TrainableModel,
  step: TrainingStep,
  done: number,
  [trainingTokens, validationTokens]: readonly [number, number],
): StartEvent {
  return {
    type: "start",
    step: done,
    steps: training.steps,
    run: out,
    parameters: [...model.weights.values()].reduce((sum, { size }) => sum + size, 0),
    vocabSize: model.config.vocabSize,
    trainingTokens,
    validationTokens,
    backend: backend.reason,
    compiled: step.compiled,
    plainReason: step.reason,
  };
}
