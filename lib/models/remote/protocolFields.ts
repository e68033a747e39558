import { OptionError } from "../../core/errors.js";
import { type CompleteRecipe, type ProcessorConfig, parseRecipe, type Recipe } from "../../decoding/index.js";

/** A recipe in the words of OpenAI's protocol. */
export interface ProtocolFields {
  readonly max_tokens: number;
  readonly temperature: number;
  readonly n: number;
  readonly seed: number;
  readonly stop?: readonly string[];
  readonly top_p?: number;
  readonly frequency_penalty?: number;
  readonly presence_penalty?: number;
  readonly logit_bias?: Readonly<Record<string, number>>;
}

/** The processors that the protocol has fields for, in the order in which engines apply them. */
const ORDER = ["frequencyPenalty", "presencePenalty", "sequenceBias", "temperature", "topP"] as const;

/**
 * The fields that ask an engine for what a recipe says.
 * @throws OptionError for everything that the protocol has no words for: a method, a processor, its place in the chain
 */
export function protocolFields(recipe: Recipe): ProtocolFields {
  const complete = parseRecipe(recipe);
  const { method, maxNewTokens, seed, stopStrings, maxTime, guidance, processors } = complete;
  if (method !== "greedy" && method !== "sample") {
    throw new OptionError(
      "method",
      method,
      '"greedy" or "sample": a remote engine is asked for nothing else',
    );
  }
  const without = (field: string, value: unknown) => {
    if (value !== null) throw new OptionError(field, value, "null: the protocol has no field for it");
  };
  without("maxTime", maxTime);
  without("guidance", guidance);
  // What a later recipe may have beside these is unknown here, and must not be lost.
  without("constraint", (complete as CompleteRecipe & { constraint?: unknown }).constraint ?? null);
  assertOrder(processors);
  return {
    max_tokens: maxNewTokens,
    temperature: method === "greedy" ? 0 : 1,
    n: method === "sample" ? complete.numReturnSequences : 1,
    seed,
    ...(stopStrings.length > 0 && { stop: stopStrings }),
    ...Object.assign({}, ...processors.map((config, at) => fieldOf(config, at, method))),
  };
}

function assertOrder(processors: readonly ProcessorConfig[]): void {
  let last = -1;
  for (const [at, { type }] of processors.entries()) {
    const place = (ORDER as readonly string[]).indexOf(type);
    if (place < 0) {
      throw new OptionError(
        `processors[${at}].type`,
        type,
        `one that the protocol has a field for: ${ORDER.join(", ")}`,
      );
    }
    if (place <= last) {
      throw new OptionError(
        `processors[${at}].type`,
        type,
        `in the order of engines, each once: ${ORDER.join(", ")}`,
      );
    }
    last = place;
  }
}

function fieldOf(config: ProcessorConfig, at: number, method: "greedy" | "sample"): Partial<ProtocolFields> {
  const place = `processors[${at}]`;
  switch (config.type) {
    case "frequencyPenalty":
      assertGenerated(config.window, place);
      return { frequency_penalty: config.penalty };
    case "presencePenalty":
      assertGenerated(config.window, place);
      return { presence_penalty: config.penalty };
    case "temperature":
      // It changes no greedy choice, and the protocol says greedy by a temperature of 0.
      return method === "greedy" ? {} : { temperature: config.t };
    case "topP":
      if (config.rule === "atMost" || (config.minTokensToKeep ?? 1) > 1) {
        throw new OptionError(place, config, "a plain topP: the protocol knows no other rule");
      }
      return { top_p: config.p };
    case "sequenceBias":
      return {
        logit_bias: Object.fromEntries(config.biases.map(([run, bias]) => [tokenOf(run, place), bias])),
      };
    default:
      throw new OptionError(`${place}.type`, config.type, `one of ${ORDER.join(", ")}`);
  }
}

function assertGenerated(window: unknown, place: string): void {
  if (window === "generated") return;
  throw new OptionError(`${place}.window`, window, '"generated": engines count only what they wrote');
}

function tokenOf(run: string | readonly number[], place: string): number {
  if (typeof run !== "string" && run.length === 1) return run[0];
  throw new OptionError(
    `${place}.biases`,
    run,
    "single token ids: the protocol has no words for runs or texts",
  );
}
