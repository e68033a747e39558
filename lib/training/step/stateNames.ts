import { ModelError } from "../../core/errors.js";
import type { NamedArray } from "../../models/trainable/createModel.js";
import type { StepState } from "./step.js";

/** The names under which a step's state is kept. */
export const STATE = {
  weight: (name: string) => `weights/${name}`,
  first: (name: string) => `adam/m/${name}`,
  second: (name: string) => `adam/v/${name}`,
  iteration: "adam/iteration",
  recurrent: (index: number) => `recurrent/${index}`,
} as const;

/**
 * One array of a state.
 * @throws ModelError where it is missing or has another shape
 */
export function stateArray(state: StepState, name: string, shape: readonly number[]): Float32Array {
  const found = state.get(name);
  if (found === undefined) throw new ModelError("training state", `lacks \`${name}\``);
  if (found.shape.join() !== shape.join()) {
    const [has, wants] = [found.shape, shape].map((sizes) => `[${sizes.join(", ")}]`);
    throw new ModelError("training state", `has \`${name}\` of shape ${has}, but this model's is ${wants}`);
  }
  return found.data;
}

/** The recurrent state in a step's state, in order; empty where none was carried. */
export function carriedArrays(state: StepState): NamedArray[] {
  const arrays: NamedArray[] = [];
  for (let found = state.get(STATE.recurrent(0)); found !== undefined; ) {
    arrays.push(found);
    found = state.get(STATE.recurrent(arrays.length));
  }
  return arrays;
}
