export * from "./beam/index.js";
export { type Choice, type TextChoice, topChoices } from "./choices.js";
export * from "./compare/index.js";
export type { ConfigSchema } from "./configSchema.js";
export type { Constraint } from "./constraint/index.js";
export { type ContrastiveOptions, contrastiveSearch } from "./contrastive.js";
export { type DecodeOptions, decode } from "./decode.js";
export { type Dola, type DolaLayers, dola } from "./dola.js";
export { type Guidance, guidedModel } from "./guidance.js";
export * from "./methods/index.js";
export * from "./processors/index.js";
export {
  decodeRecipe,
  type Generated,
  type GeneratedSequence,
  type GenerateOptions,
  generate,
  parseRecipe,
  type RecipeOptions,
  recipeJsonSchema,
} from "./recipe.js";
export type { DecodeLimits } from "./rounds.js";
export { greedy, multinomial, type Sampler } from "./samplers.js";
export { slidingWindow } from "./slidingWindow.js";
export type { Acceptance, FinishReason, Sequence, Step, StepRows } from "./step.js";
export type { Clock, StopLimits, StopWhen } from "./stopping.js";
export { cutAtStop, stopAtStrings, stopStringFilter, type TextFilter } from "./stopStrings.js";
export * from "./trace/index.js";
export * from "./tree/index.js";
