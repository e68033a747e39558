import type { NamedArray } from "../../models/trainable/createModel.js";
import { type CarriedState, carriedState } from "../step/carriedState.js";
import { checkBatch } from "../step/checkBatch.js";
import { carriedArrays, STATE, stateArray } from "../step/stateNames.js";
import type {
  Batch,
  EvaluateStepOptions,
  StepInput,
  StepResult,
  StepState,
  TrainingStep,
} from "../step/step.js";
import { nativeTensors } from "./nativeTensors.js";
import type { Session } from "./session.js";
import { NODES } from "./stepGraph.js";
import { type GraphParts, lossSession, stepSession } from "./stepSession.js";

/**
 * A training step that runs as one graph in TensorFlow's C library. The plain step is traced once for each shape of
 * batches. Weights and moments live in the graph of the shape that was used last, and move with the shape; recurrent
 * state stays in TensorFlow's memory between steps.
 * @throws Error where the step can't be traced or the graph can't be loaded
 */
export function compiledStep(parts: GraphParts): TrainingStep {
  const { tf, native, model, optimizer, clipNorm } = parts;
  const tensors = nativeTensors(native.binding);
  const weights = [...model.weights];
  const stepSessions = new Map<string, Session>();
  const lossSessions = new Map<string, Session>();
  let iteration = 0;
  const holder = () => carriedState<number>(initialState, tensors.delete);
  const [trained, evaluated] = [holder(), holder()];
  const places = NODES.slots.flatMap((slot) => weights.map((_, i) => ({ slot, i })));
  let current = stepSession(parts, { batchSize: 1, length: 2 }); // shows at once whether it can be done
  stepSessions.set("1 2", current);
  writeVariables(current, [
    ...weights.map(([, weight]) => weight.dataSync<"float32">()),
    ...zeros(),
    ...zeros(),
  ]);

  function zeros(): Float32Array[] {
    return weights.map(([, { size }]) => new Float32Array(size));
  }

  function writeVariables(session: Session, values: readonly Float32Array[]): void {
    const ids = values.map((data, at) => tensors.float(data, weights[places[at].i][1].shape));
    writeIds(session, ids);
  }

  /** Sets all variables; the tensors are deleted. */
  function writeIds(session: Session, ids: readonly number[]): void {
    const feeds = new Map(places.map(({ slot, i }, at) => [NODES.write(slot, i), ids[at]]));
    tensors.delete(session.run(feeds, [NODES.written]));
    tensors.delete(ids);
  }

  function readIds(slots: readonly string[]): number[] {
    const wanted = places.filter(({ slot }) => slots.includes(slot));
    return current.run(
      new Map(),
      wanted.map(({ slot, i }) => NODES.read(slot, i)),
    );
  }

  function sessionFor(shape: Batch): Session {
    const key = `${shape.batchSize} ${shape.length}`;
    const session = stepSessions.get(key) ?? stepSession(parts, shape);
    stepSessions.set(key, session);
    if (session !== current) writeIds(session, readIds(NODES.slots));
    current = session;
    return session;
  }

  function initialState(batchSize: number): number[] {
    const state = model.initialState(batchSize);
    const ids = state.map((tensor) => tensors.float(tensor.dataSync<"float32">(), tensor.shape));
    tf.dispose([...state]);
    return ids;
  }

  /** State with zeros in these rows. */
  function withoutRows({ batchSize, tensors: ids }: CarriedState<number>, rows: readonly number[]): number[] {
    return ids.map((id) => {
      const values = Float32Array.from(native.binding.tensorDataSync(id));
      const width = values.length / batchSize;
      for (const row of rows) values.fill(0, row * width, (row + 1) * width);
      return tensors.float(values, [batchSize, width]);
    });
  }

  function batchTensors({ inputs, targets, batchSize, length }: Batch): number[] {
    return [inputs, targets].map((tokens) => tensors.int(tokens, [batchSize, length]));
  }

  async function run(input: StepInput): Promise<StepResult> {
    checkBatch(input, model.config.vocabSize);
    const { batchSize, learningRate, seed, resetState, resetRows = [] } = input;
    const session = sessionFor(input);
    trained.next(batchSize, !resetState);
    if (resetRows.length > 0) trained.replace(batchSize, withoutRows(trained, resetRows));
    const before = trained.tensors;
    iteration++;
    const correction = Math.sqrt(1 - optimizer.beta2 ** iteration);
    const fresh = [...batchTensors(input), tensors.intScalar(seed)];
    if (clipNorm !== undefined) fresh.push(tensors.scalar(clipNorm));
    const settings = [
      [NODES.stepSize, (learningRate * correction) / (1 - optimizer.beta1 ** iteration)],
      [NODES.epsilon, optimizer.epsilon * correction],
      [NODES.shrinkage, learningRate * optimizer.weightDecay],
    ] as const;
    const feeds = new Map([...fresh, ...before].map((id, i) => [NODES.input(i), id]));
    for (const [node, value] of settings) feeds.set(node, tensors.scalar(value));
    const results = Array.from({ length: 1 + before.length }, (_, i) => NODES.result(i));
    const [summary, ...state] = session.run(feeds, results);
    tensors.delete([...feeds.values()].filter((id) => !before.includes(id)));
    trained.replace(batchSize, state);
    const [loss, gradientNorm] = tensors.take(summary);
    return { loss, gradientNorm };
  }

  async function evaluate(batch: Batch, { continues = false }: EvaluateStepOptions = {}): Promise<number> {
    checkBatch(batch, model.config.vocabSize);
    const { batchSize, length } = batch;
    const key = `${batchSize} ${length}`;
    const session = lossSessions.get(key) ?? lossSession(parts, batch);
    lossSessions.set(key, session);
    const before = evaluated.next(batchSize, continues);
    const fresh = [...readIds(["weight"]), ...batchTensors(batch)];
    const feeds = new Map([...fresh, ...before].map((id, i) => [NODES.input(i), id]));
    const results = Array.from({ length: 1 + before.length }, (_, i) => NODES.result(i));
    const [loss, ...state] = session.run(feeds, results);
    tensors.delete(fresh);
    evaluated.replace(batchSize, state);
    return tensors.take(loss)[0];
  }

  async function updateModel(): Promise<void> {
    for (const [i, id] of readIds(["weight"]).entries()) {
      const [, weight] = weights[i];
      tf.tidy(() => weight.assign(tf.tensor(tensors.take(id), weight.shape)));
    }
  }

  async function readState(): Promise<StepState> {
    const names = { weight: STATE.weight, first: STATE.first, second: STATE.second };
    const state = new Map<string, NamedArray>();
    for (const [at, id] of readIds(NODES.slots).entries()) {
      const { slot, i } = places[at];
      const [name, { shape }] = weights[i];
      state.set(names[slot](name), { shape: [...shape], data: tensors.take(id) });
    }
    state.set(STATE.iteration, { shape: [], data: Float32Array.of(iteration) });
    const shapes = tf.tidy(() => model.initialState(trained.batchSize).map(({ shape }) => shape));
    for (const [i, id] of trained.tensors.entries()) {
      const data = Float32Array.from(native.binding.tensorDataSync(id));
      state.set(STATE.recurrent(i), { shape: shapes[i], data });
    }
    return state;
  }

  async function writeState(state: StepState): Promise<void> {
    const names = { weight: STATE.weight, first: STATE.first, second: STATE.second };
    const values = places.map(({ slot, i }) =>
      stateArray(state, names[slot](weights[i][0]), weights[i][1].shape),
    );
    iteration = stateArray(state, STATE.iteration, [])[0];
    writeVariables(current, values);
    const arrays = carriedArrays(state);
    trained.replace(
      arrays[0]?.shape[0] ?? 0,
      arrays.map(({ data, shape }) => tensors.float(data, shape)),
    );
  }

  return {
    compiled: true,
    run,
    evaluate,
    updateModel,
    readState,
    writeState,
    dispose() {
      trained.dispose();
      evaluated.dispose();
      for (const session of [...stepSessions.values(), ...lossSessions.values()]) session.dispose();
    },
  };
}
