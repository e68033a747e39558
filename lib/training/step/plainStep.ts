import type * as tf from "@tensorflow/tfjs";
import type { Backend } from "../../models/backend/backend.js";
import type { NamedArray } from "../../models/trainable/createModel.js";
import { plainOperations } from "../../models/trainable/plainOperations.js";
import type { TrainableModel } from "../../models/trainable/trainable.js";
import { adamUpdate, zeroMoments } from "./adam.js";
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
  let carried: readonly tf.Tensor[] = [];
  /** The state after the batch that was evaluated last. */
  let evaluated: readonly tf.Tensor[] = [];

  function carry(next: readonly tf.Tensor[]): void {
    tf.dispose([...carried]);
    carried = next;
  }

  function carryEvaluated(next: readonly tf.Tensor[]): void {
    tf.dispose([...evaluated]);
    evaluated = next;
  }

  /** The carried state with zeros in these rows. */
  function withoutRows(rows: readonly number[]): readonly tf.Tensor[] {
    return tf.tidy(() =>
      carried.map((tensor) => {
        const [batchSize] = tensor.shape;
        const kept = Array.from({ length: batchSize }, (_, row) => (rows.includes(row) ? 0 : 1));
        return tensor.mul(tf.tensor2d(kept, [batchSize, 1]));
      }),
    );
  }

  function tokens(values: Int32Array, { batchSize, length }: Batch): tf.Tensor2D {
    return tf.tensor2d(values, [batchSize, length], "int32");
  }

  async function run(input: StepInput): Promise<StepResult> {
    checkBatch(input, model.config.vocabSize);
    const { batchSize, learningRate, seed, resetState, resetRows = [] } = input;
    if (resetState || carried[0]?.shape[0] !== batchSize) carry(model.initialState(batchSize));
    if (resetRows.length > 0) carry(withoutRows(resetRows));
    const results = tf.tidy(() => {
      const step = stepGradients(tf, model, operations, {
        inputs: tokens(input.inputs, input),
        targets: tokens(input.targets, input),
        state: carried,
        dropoutSeed: tf.scalar(seed, "int32"),
        clipNorm: clip,
      });
      iteration++;
      for (const [i, [name, weight]] of [...model.weights].entries()) {
        adamUpdate(tf, weight, step.gradients[i], moments.get(name)!, optimizer, learningRate, iteration);
      }
      carry(step.state);
      return tf.stack([step.loss, step.norm]);
    });
    const [loss, gradientNorm] = await results.data();
    results.dispose();
    return { loss, gradientNorm };
  }

  async function evaluate(batch: Batch, { continues = false }: EvaluateStepOptions = {}): Promise<number> {
    checkBatch(batch, model.config.vocabSize);
    const { batchSize } = batch;
    if (!continues || evaluated[0]?.shape[0] !== batchSize) carryEvaluated(model.initialState(batchSize));
    const loss = tf.tidy(() => {
      const inputs = tokens(batch.inputs, batch);
      const targets = tokens(batch.targets, batch);
      const parts = { inputs, targets, state: evaluated, dropoutSeed: tf.scalar(0) };
      const result = batchLoss(model, operations, parts, false);
      carryEvaluated(result.state.map((tensor) => tf.keep(tensor)));
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
    for (const [i, tensor] of carried.entries()) await add(STATE.recurrent(i), tensor);
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
    carry(carriedArrays(state).map(({ data, shape }) => tf.tensor(data.slice(), [...shape])));
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
      carry([]);
      carryEvaluated([]);
      clip?.dispose();
      for (const { first, second } of moments.values()) tf.dispose([first, second]);
    },
  };
}
