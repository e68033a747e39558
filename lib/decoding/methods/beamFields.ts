import { z } from "zod";
import { OptionError } from "../../core/errors.js";
import { followsOneSequence } from "../processors/index.js";
import { countField } from "../schema.js";
import type { Sequence } from "../step.js";
import { recipeChain } from "./chooser.js";
import { recipeObject, rowsField } from "./fields.js";
import { recipeLimits } from "./limits.js";
import type { CommonRecipe, MethodContext } from "./types.js";

/** The fields that every beam method has. */
export interface CommonBeamRecipe extends CommonRecipe {
  /** How many sequences to follow at once, at most 1,024. */
  readonly numBeams: number;
  /** Beams compare by logProb / generatedLength^lengthPenalty: above 0 favours long ones. Default 1. */
  readonly lengthPenalty?: number;
  /** How many of the best sequences to give back, at most `numBeams`. Default 1. */
  readonly numReturnSequences?: number;
}

/** The field of those that stop as Hugging Face's beams do. */
export interface EarlyStoppingRecipe {
  /**
   * When to stop with `numBeams` finished sequences: true at once; false when the best running beam scores no better
   * than the worst of them; "never" when no continuation can. Default false.
   */
  readonly earlyStopping?: boolean | "never";
}

const penalty = { error: "a number" };

/** The schema's side of `CommonBeamRecipe`, without the common fields. */
const beamFields = {
  numBeams: rowsField("the functions behind the beam methods take more, such as `beamSearch`").describe(
    "How many sequences to follow at once.",
  ),
  lengthPenalty: z
    .number(penalty)
    .default(1)
    .describe("Beams compare by log-probability / length^lengthPenalty: above 0 favours long ones."),
  numReturnSequences: countField(1)
    .default(1)
    .describe("How many of the best sequences to give back, at most numBeams."),
};

/** The schema's side of `EarlyStoppingRecipe`. */
export const earlyStoppingField = {
  earlyStopping: z
    .union([z.boolean(), z.literal("never")], { error: 'true, false or "never"' })
    .default(false)
    .describe(
      "When to stop with numBeams finished sequences: true at once; false when the best running beam scores no " +
        "better than the worst of them; never when no continuation can.",
    ),
};

/** The schema of a beam method with its own fields: a search can't give back more sequences than it keeps. */
export function beamObject<Name extends string, Own extends z.ZodRawShape>(method: Name, own: Own) {
  // The compiler can't see a shape that a type parameter is part of.
  const widths = (recipe: unknown) => recipe as Required<CommonBeamRecipe>;
  return recipeObject(method, { ...beamFields, ...own }).refine(
    (recipe) => widths(recipe).numReturnSequences <= widths(recipe).numBeams,
    {
      path: ["numReturnSequences"],
      error: ({ input }) => `at most \`numBeams\`, ${widths(input).numBeams} here`,
    },
  );
}

/**
 * What a beam method searches with, beside its own options. One chain serves all beams.
 * @throws OptionError for a processor that has to follow one sequence
 */
export function beamOptions(recipe: Required<CommonBeamRecipe>, context: MethodContext) {
  const { numBeams, lengthPenalty, processors } = recipe;
  const alone = processors.findIndex(followsOneSequence);
  if (alone >= 0) {
    const rule = "one that several beams can share (this one follows a single sequence: use `sample`)";
    throw new OptionError(`processors[${alone}].type`, processors[alone].type, rule);
  }
  return {
    ...recipeLimits(recipe, context),
    ...((processors.length > 0 || context.constraint) && { process: recipeChain(recipe, context, 0) }),
    numBeams,
    lengthPenalty,
  };
}

/** The best `count` of what a search gives back. */
export async function* best<S>(
  steps: AsyncGenerator<S, Sequence[]>,
  count: number,
): AsyncGenerator<S, Sequence[]> {
  const sequences = yield* steps;
  return sequences.slice(0, count);
}
