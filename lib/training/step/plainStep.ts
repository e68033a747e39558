import type * as tf from "@tensorflow/tfjs";
import type { Backend } from "../../models/backend/backend.js";
import type { NamedArray } from "../../models/trainable/createModel.js";
import { plainOperations } from "../../models/trainable/plainOperations.js";
import type { TrainableModel } from "../../models/trainable/trainable.js";
import { adamUpdate, zeroMoments } from "./adam.js";
import { type CarriedState, carriedState } from "./carriedState.js";
import { checkBatch } from "./checkBatch.js";
import { batchLoss, stepGradients } from "./gradients.js";
import type { Optimizer } from "./optimizer.js";
import { carriedArrays, STATE, stateArray } from "./stateNames.js";
import type { Batch, EvaluateStepOptions, StepInput, StepResult, StepState, TrainingStep } from "./step.js";

/** A training step in ordinary TensorFlow.js, on any backend: the reference for the compiled one. */
export function plainStep(
  { tf }: Backend,
  model: TrainableModel,
  optimizer: Optimizer,
  clipNorm: number | undefined,
  reason: string,
): TrainingStep {
  const operations = plainOperations(tf);
  const moments = new Map(
    [...model.weights].map(([name, weight]) => [name, zeroMoments(tf, weight)] as const),
  );
  const clip = clipNorm === undefined ? undefined : tf.scalar(clipNorm);
  let iteration = 0;
  const holder = () => carriedState<tf.Tensor>(model.initialState, (tensors) => tf.dispose([...tensors]));
  const [trained, evaluated] = [holder(), holder()];

  /** State with zeros in these rows. */
  function withoutRows(
    { batchSize, tensors }: CarriedState<tf.Tensor>,
    rows: readonly number[],
  ): tf.Tensor[] {
    const kept = Array.from({ length: batchSize }, (_, row) => (rows.includes(row) ? 0 : 1));
    return tf.tidy(() => tensors.map((tensor) => tensor.mul(tf.tensor2d(kept, [batchSize, 1]))));
  }

  function tokens(values: Int32Array, { batchSize, length }: Batch): tf.Tensor2D {
    return tf.tensor2d(values, [batchSize, length], "int32");
  }

  async function run(input: StepInput): Promise<StepResult> {
    checkBatch(input, model.config.vocabSize);
    const { batchSize, learningRate, seed, resetState, resetRows = [] } = input;
    trained.next(batchSize, !resetState);
    if (resetRows.length > 0) trained.replace(batchSize, withoutRows(trained, resetRows));
    const results = tf.tidy(() => {
      const step = stepGradients(tf, model, operations, {
        inputs: tokens(input.inputs, input),
        targets: tokens(input.targets, input),
        state: trained.tensors,
        dropoutSeed: tf.scalar(seed, "int32"),
        clipNorm: clip,
      });
      iteration++;
      for (const [i, [name, weight]] of [...model.weights].entries()) {
        adamUpdate(tf, weight, step.gradients[i], moments.get(name)!, optimizer, learningRate, iteration);
      }
      trained.replace(batchSize, step.state);
      return tf.stack([step.loss, step.norm]);
    });
    const [loss, gradientNorm] = await results.data();
    results.dispose();
    return { loss, gradientNorm };
  }

  async function evaluate(batch: Batch, { continues = false }: EvaluateStepOptions = {}): Promise<number> {
    checkBatch(batch, model.config.vocabSize);
    const { batchSize } = batch;
    const state = evaluated.next(batchSize, continues);
    const loss = tf.tidy(() => {
      const inputs = tokens(batch.inputs, batch);
      const targets = tokens(batch.targets, batch);
      const parts = { inputs, targets, state, dropoutSeed: tf.scalar(0) };
      const result = batchLoss(model, operations, parts, false);
      evaluated.replace(
        batchSize,
        result.state.map((tensor) => tf.keep(tensor)),
      );
      return result.loss;
    });
    const [value] = await loss.data();
    loss.dispose();
    return value;
  }

  async function readState(): Promise<StepState> {
    const state = new Map<string, NamedArray>();
    const add = async (name: string, tensor: tf.Tensor) => {
      state.set(name, { shape: [...tensor.shape], data: Float32Array.from(await tensor.data()) });
    };
    for (const [name, weight] of model.weights) await add(STATE.weight(name), weight);
    for (const [name, { first }] of moments) await add(STATE.first(name), first);
    for (const [name, { second }] of moments) await add(STATE.second(name), second);
    state.set(STATE.iteration, { shape: [], data: Float32Array.of(iteration) });
    for (const [i, tensor] of trained.tensors.entries()) await add(STATE.recurrent(i), tensor);
    return state;
  }

  async function writeState(state: StepState): Promise<void> {
    const targets = [...model.weights].flatMap(([name, weight]): [string, tf.Variable][] => [
      [STATE.weight(name), weight],
      [STATE.first(name), moments.get(name)!.first],
      [STATE.second(name), moments.get(name)!.second],
    ]);
    // All is checked before anything is changed.
    const values = targets.map(([name, { shape }]) => stateArray(state, name, shape));
    iteration = stateArray(state, STATE.iteration, [])[0];
    for (const [i, [, variable]] of targets.entries()) {
      tf.tidy(() => variable.assign(tf.tensor(values[i].slice(), variable.shape)));
    }
    const arrays = carriedArrays(state);
    trained.replace(
      arrays[0]?.shape[0] ?? 0,
      arrays.map(({ data, shape }) => tf.tensor(data.slice(), [...shape])),
    );
  }

  return {
    compiled: false,
    reason,
    run,
    evaluate,
    updateModel: async () => {},
    readState,
    writeState,
    dispose() {
      trained.dispose();
      evaluated.dispose();
      clip?.dispose();
      for (const { first, second } of moments.values()) tf.dispose([first, second]);
    },
  };
}
