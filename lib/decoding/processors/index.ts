import { OptionError } from "../../core/errors.js";
import type { ConfigSchema } from "../configSchema.js";
import { namedUnion } from "../schema.js";
import * as all from "./all.js";
import { type Chain, chain } from "./chain.js";
import type { ProcessorContext, ProcessorDefinition } from "./types.js";

export * from "./all.js";
export { type Chain, chain, runStages, type StageRow } from "./chain.js";
export { type DetectionOptions, detectWatermark, type WatermarkDetection } from "./detectWatermark.js";
export type { WatermarkOptions } from "./greenlist.js";
export { named } from "./stage.js";
export type { TokenName, TokenSequence } from "./tokens.js";
export type { LogitsProcessor, ProcessorContext, ProcessorDefinition } from "./types.js";
export type { Window } from "./window.js";

type All = typeof all;

/** Any processor as data, told apart by `type`. */
export type ProcessorConfig = {
  [Name in keyof All]: All[Name] extends ProcessorDefinition<infer Config> ? Config : never;
}[keyof All];

const definitions = Object.values<unknown>(all).filter(isDefinition);

/** The names that `type` may take in a recipe's `processors`. */
export const processorTypes: readonly string[] = definitions.map((definition) => definition.type);

/** One entry of a recipe's `processors`. */
export const processorSchema: ConfigSchema<ProcessorConfig> = namedUnion(
  "type",
  definitions.map((definition) => definition.schema),
  processorTypes,
  '{"type":"topK","k":50}',
);

/**
 * The chain that a list of configurations describes, in its order.
 * @throws OptionError that names the field by its place in the list
 */
export function createChain(configs: readonly ProcessorConfig[], context: ProcessorContext): Chain {
  return chain(
    configs.map((config, index) => {
      const definition = definitions.find(({ type }) => type === config.type);
      try {
        return (definition as ProcessorDefinition<ProcessorConfig>).create(config, context);
      } catch (error) {
        throw placed(error, config.type, index);
      }
    }),
  );
}

/** A factory names its own fields; in a list several processors may have them. */
function placed(error: unknown, type: string, index: number): unknown {
  if (!(error instanceof OptionError) || !error.option.startsWith(`${type}.`)) return error;
  return new OptionError(
    `processors[${index}]${error.option.slice(type.length)}`,
    error.value,
    error.expected,
  );
}

/** Whether a processor learns from the tokens of one sequence, so that several beams can't share it. */
export function followsOneSequence({ type }: ProcessorConfig): boolean {
  return definitions.some((definition) => definition.type === type && definition.followsOneSequence);
}

/** Whether a processor steers what is drawn, so that it means nothing to a method that draws nothing. */
export function steersChance({ type }: ProcessorConfig): boolean {
  return definitions.some((definition) => definition.type === type && definition.steersChance);
}

function isDefinition(value: unknown): value is ProcessorDefinition<ProcessorConfig> {
  return typeof value === "object" && value !== null && "schema" in value && "create" in value;
}
