import type { LanguageModel, Tokenizer, Tokens } from "../../core/types.js";
import type { BeamStep } from "../beam/types.js";
import type { ConfigSchema } from "../configSchema.js";
import type { Constraint, OpenConstraint } from "../constraint/index.js";
import type { Guidance } from "../guidance.js";
import type { ProcessorConfig } from "../processors/index.js";
import type { Sequence, Step } from "../step.js";
import type { Clock, StopWhen } from "../stopping.js";

/** The fields that every method has. */
export interface CommonRecipe {
  /** The most tokens to generate. Default 64. */
  readonly maxNewTokens?: number;
  /** Seconds after which no further token is begun, from the first model call on; null for no limit. Default null. */
  readonly maxTime?: number | null;
  /** Texts that end a sequence; they are generated, but cut from its text. Default none. */
  readonly stopStrings?: readonly string[];
  /** Pushes the scores away from those of a negative prompt; null for none. Default null. */
  readonly guidance?: Guidance | null;
  /** Holds the text to a JSON Schema, a regular expression, a list of choices or a grammar; null for none. Default null. */
  readonly constraint?: Constraint | null;
  /** The same seed gives the same tokens. Default 0. */
  readonly seed?: number;
  /** Rewrite the scores before the choice, from first to last. Default none. */
  readonly processors?: readonly ProcessorConfig[];
}

/** What a method decodes with. */
export interface MethodContext {
  readonly model: LanguageModel;
  readonly prompt: Tokens;
  readonly endTokens: readonly number[];
  /** Absent where a model is decoded without text. */
  readonly tokenizer?: Tokenizer;
  /** A smaller model with the same tokenizer, for methods that guess ahead with one. */
  readonly draft?: LanguageModel;
  /** What the recipe's `constraint` allows; all sequences of the decode share it. */
  readonly constraint?: OpenConstraint;
  readonly signal?: AbortSignal;
  readonly keepRows?: boolean;
  /** Tokens that are taken before the method chooses by itself. */
  readonly picks?: Tokens;
  /** A caller's own rule, beside the recipe's. */
  readonly stopWhen?: StopWhen;
  /** What the recipe's `maxTime` is measured with. */
  readonly clock?: Clock;
}

/** What a method yields: the tokens of its sequences one by one, or its whole frontier each step. */
export type AnyStep = Step | BeamStep;

/** A decoding method written down as data: its name in `method`, and its fields. */
export interface MethodDefinition<
  Recipe extends { readonly method: string },
  MethodStep extends AnyStep = Step,
> {
  readonly method: Recipe["method"];
  /** Reads and documents the recipe, filling in its defaults; unknown fields are errors. */
  readonly schema: ConfigSchema<Required<Recipe>>;
  /** Set where a sampler chooses each token, so that `picks` can be taken instead. */
  readonly takesPicks?: true;
  /** Set where a draft model, given beside the recipe, guesses ahead. */
  readonly needsDraft?: true;
  /** Yields steps, and gives back the finished sequences, best first where the method ranks them. */
  run(recipe: Required<Recipe>, context: MethodContext): AsyncGenerator<MethodStep, Sequence[]>;
}
