import type { Tensor2D } from "@tensorflow/tfjs";
import type { TensorFlow } from "../../models/backend/backend.js";
import type { NativeBackend } from "../../models/backend/nativeBackend.js";
import type { Operations } from "../../models/trainable/operations.js";
import type { TrainableModel } from "../../models/trainable/trainable.js";
import { batchLoss, stepGradients } from "../step/gradients.js";
import type { Optimizer } from "../step/optimizer.js";
import type { Batch } from "../step/step.js";
import { GraphBuilder } from "./graphBuilder.js";
import type { Recording } from "./recording.js";
import { loadGraph, type Session } from "./session.js";
import { NODES, stepGraph } from "./stepGraph.js";
import { trace } from "./trace.js";

type Shape = Pick<Batch, "batchSize" | "length">;

/** What a model's graphs are made of. */
export interface GraphParts {
  readonly tf: TensorFlow;
  readonly native: NativeBackend;
  readonly model: TrainableModel;
  readonly operations: Operations;
  readonly optimizer: Optimizer;
  readonly clipNorm: number | undefined;
}

/**
 * The graph of a training step for batches of one shape. Its inputs after the weights: tokens, targets, dropout seed,
 * limit of the norm if there is one, recurrent state. Its results: loss and norm, then the state.
 */
export function stepSession(parts: GraphParts, shape: Shape): Session {
  const { tf, native, model, operations, optimizer, clipNorm } = parts;
  const weights = [...model.weights.values()];
  const recording = withInputs(parts, shape, ({ inputs, targets, state }) => {
    const dropoutSeed = tf.scalar(0, "int32");
    const clip = clipNorm === undefined ? undefined : tf.scalar(clipNorm);
    const all = [...weights, inputs, targets, dropoutSeed, ...(clip === undefined ? [] : [clip]), ...state];
    return trace(tf, native, all, () => {
      const step = stepGradients(tf, model, operations, {
        inputs,
        targets,
        state,
        dropoutSeed,
        clipNorm: clip,
      });
      const summary = tf.stack([step.loss, step.norm]);
      const after = step.state.map((tensor) => tf.clone(tensor));
      tf.dispose([...step.state]);
      return [summary, ...step.gradients, ...after];
    });
  });
  const shapes = weights.map((weight) => weight.shape);
  return loadGraph(native.binding, stepGraph(native.binding, recording, shapes, optimizer));
}

/**
 * The graph of a batch's loss without dropout. Its inputs: weights, tokens, targets, recurrent state. Its results: the
 * loss, then the state.
 */
export function lossSession(parts: GraphParts, shape: Shape): Session {
  const { tf, native, model, operations } = parts;
  const recording = withInputs(parts, shape, ({ inputs, targets, state }) => {
    const dropoutSeed = tf.scalar(0, "int32");
    return trace(tf, native, [...model.weights.values(), inputs, targets, ...state], () => {
      const result = batchLoss(model, operations, { inputs, targets, state, dropoutSeed }, false);
      const after = result.state.map((tensor) => tf.clone(tensor));
      tf.dispose([...result.state]);
      return [result.loss, ...after];
    });
  });
  const graph = new GraphBuilder(native.binding);
  const inputs = recording.inputs.map((slot, i) => {
    const { shape, dtype } = recording.types[slot];
    return graph.placeholder(NODES.input(i), shape, dtype);
  });
  for (const [i, result] of graph.embed("loss", recording, inputs).entries()) {
    graph.float(NODES.result(i), "Identity", [result]);
  }
  return loadGraph(native.binding, graph.nodes);
}

/** Records with a batch of zeros of this shape, and frees it. */
function withInputs(
  { tf, model }: GraphParts,
  { batchSize, length }: Shape,
  record: (batch: Pick<Parameters<typeof batchLoss>[2], "inputs" | "targets" | "state">) => Recording,
): Recording {
  let recording: Recording | undefined;
  tf.tidy(() => {
    const inputs: Tensor2D = tf.zeros([batchSize, length], "int32");
    const targets: Tensor2D = tf.zeros([batchSize, length], "int32");
    recording = record({ inputs, targets, state: model.initialState(batchSize) });
  });
  return recording!;
}
