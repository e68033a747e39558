import type * as tf from "@tensorflow/tfjs";
import { OptionError } from "../../core/errors.js";
import { type Random, seededRandom } from "../../core/random.js";
import type { TensorFlow } from "../backend/backend.js";

/** How a weight is filled before training. */
export type Fill =
  | { readonly constant: number }
  /** Uniform between -bound and bound. */
  | { readonly uniform: number }
  /** Normal with mean 0 and this standard deviation. */
  | { readonly normal: number };

/** A weight before it exists: its name in the checkpoint, its shape there, its first values. */
export interface PlannedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly fill: Fill;
}

export type WeightPlan = readonly PlannedWeight[];

/**
 * Variables as planned, filled from the seed: the same on every backend and machine.
 * @throws OptionError for a seed that is not a whole number from 0 to 2^53 - 1
 */
export function createWeights(tf: TensorFlow, plan: WeightPlan, seed: number): Map<string, tf.Variable> {
  const random = seededRandom(seed);
  return variables(tf, plan, ({ shape, fill }) => draw(sizeOf(shape), fill, random));
}

/**
 * Variables as planned, with given values.
 * @throws OptionError that names the first weight that is missing or has another number of values
 */
export function loadWeights(
  tf: TensorFlow,
  plan: WeightPlan,
  values: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
): Map<string, tf.Variable> {
  for (const { name, shape } of plan) {
    const found = values.get(name)?.shape.join(" × ") ?? "missing";
    if (found !== shape.join(" × ")) throw new OptionError(name, found, `a weight of ${shape.join(" × ")}`);
  }
  return variables(tf, plan, ({ name }) => values.get(name)!.data);
}

function variables(tf: TensorFlow, plan: WeightPlan, valuesOf: (weight: PlannedWeight) => Float32Array) {
  return new Map(
    plan.map((weight) => {
      const initial = tf.tensor(valuesOf(weight), [...weight.shape], "float32");
      const variable = tf.variable(initial);
      initial.dispose();
      return [weight.name, variable];
    }),
  );
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function draw(size: number, fill: Fill, random: Random): Float32Array {
  const values = new Float32Array(size);
  if ("constant" in fill) return values.fill(fill.constant);
  if ("uniform" in fill) return values.map(() => (2 * random.next() - 1) * fill.uniform);
  return values.map(() => standardNormal(random) * fill.normal);
}

/** Box and Muller 1958; `1 - next()` is never 0. */
function standardNormal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}
