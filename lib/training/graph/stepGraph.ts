import type { Binding } from "../../models/backend/nativeBackend.js";
import { decays, type Optimizer } from "../step/optimizer.js";
import { GraphBuilder } from "./graphBuilder.js";
import type { NodeDef } from "./proto.js";
import type { Recording } from "./recording.js";

/** The names of a step graph's nodes that are fed or fetched. */
export const NODES = {
  /** Feed: the i-th input of the recording after the weights. */
  input: (i: number) => `input${i}`,
  /** Feed: the step size, Adam's corrections for its start included. */
  stepSize: "stepSize",
  /** Feed: what keeps the divisor above 0, with the same correction. */
  epsilon: "epsilon",
  /** Feed: how much decaying weights shrink, as a share. */
  shrinkage: "shrinkage",
  /** Fetch: the i-th result of the recording that is no gradient; fetching any of them makes the step. */
  result: (i: number) => `result${i}`,
  /** Feeds of `written`, fetches of their own: weight, first and second moment of the i-th weight. */
  slots: ["weight", "first", "second"] as const,
  write: (slot: string, i: number) => `write_${slot}${i}`,
  read: (slot: string, i: number) => `read_${slot}${i}`,
  /** Fetch: sets all weights and moments to what is fed. */
  written: "written",
} as const;

/**
 * The graph of a whole training step: the recorded gradients, and Adam's update of variables that live in the graph.
 * @param recording its first inputs are the weights, its first result is loss and norm, then come the gradients
 */
export function stepGraph(
  binding: Binding,
  recording: Recording,
  shapes: readonly (readonly number[])[],
  optimizer: Optimizer,
): NodeDef[] {
  const graph = new GraphBuilder(binding);
  const count = shapes.length;
  const variables = shapes.map((shape, i) => NODES.slots.map((slot) => graph.variable(`${slot}${i}`, shape)));
  const weights = variables.map(([weight], i) => graph.read(`current${i}`, weight));
  const inputs = recording.inputs.slice(count).map((slot, i) => {
    const { shape, dtype } = recording.types[slot];
    return graph.placeholder(NODES.input(i), shape, dtype);
  });
  const outputs = graph.embed("step", recording, [...weights, ...inputs]);
  const gradients = outputs.slice(1, 1 + count);
  const updates = addUpdates(graph, { shapes, variables, weights, gradients, optimizer });
  for (const [i, output] of [outputs[0], ...outputs.slice(1 + count)].entries()) {
    graph.float(NODES.result(i), "Identity", [output, ...updates.map((update) => `^${update}`)]);
  }
  addAccess(graph, shapes, variables);
  return graph.nodes;
}

interface Update {
  readonly shapes: readonly (readonly number[])[];
  readonly variables: readonly (readonly string[])[];
  readonly weights: readonly string[];
  readonly gradients: readonly string[];
  readonly optimizer: Optimizer;
}

/**
 * TensorFlow's fused Adam, one node per weight. Its own corrections are in single precision, so they are switched off
 * (both powers 0) and done outside. Every gradient depends on every weight read, so no update comes before a read.
 */
function addUpdates(graph: GraphBuilder, update: Update): string[] {
  const { shapes, variables, weights, gradients, optimizer } = update;
  const feeds = [NODES.stepSize, NODES.epsilon, NODES.shrinkage].map((name) => graph.placeholder(name, []));
  const [stepSize, epsilon, shrinkage] = feeds;
  const zero = graph.scalar("zero", 0);
  const beta1 = graph.scalar("beta1", optimizer.beta1);
  const beta2 = graph.scalar("beta2", optimizer.beta2);
  return variables.map(([weight, first, second], i) => {
    const inputs = [weight, first, second, zero, zero, stepSize, beta1, beta2, epsilon, gradients[i]];
    if (optimizer.weightDecay > 0 && decays(shapes[i])) {
      const gradientFirst = `^${gradients[i].split(":")[0]}`;
      const lost = graph.float(`lost${i}`, "Mul", [weights[i], shrinkage, gradientFirst]);
      inputs.push(`^${graph.assign(`shrink${i}`, "AssignSubVariableOp", [weight, lost])}`);
    }
    return graph.float(`adam${i}`, "ResourceApplyAdam", inputs);
  });
}

/** Nodes that set and read the variables from outside. */
function addAccess(
  graph: GraphBuilder,
  shapes: readonly (readonly number[])[],
  variables: readonly (readonly string[])[],
): void {
  const assigned = variables.flatMap((parts, i) =>
    parts.map((variable, part) => {
      const slot = NODES.slots[part];
      const value = graph.placeholder(NODES.write(slot, i), shapes[i]);
      graph.read(NODES.read(slot, i), variable);
      return graph.assign(`assign_${slot}${i}`, "AssignVariableOp", [variable, value]);
    }),
  );
  graph.float(NODES.written, "Identity", ["zero", ...assigned.map((name) => `^${name}`)]);
}
