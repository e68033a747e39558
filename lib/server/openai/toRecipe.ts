import { OptionError } from "../../core/errors.js";
import { type CompleteRecipe, type ProcessorConfig, parseRecipe } from "../../decoding/index.js";
import type { Limits } from "../context.js";
import type { AnswerForm } from "./answerForm.js";
import type { Extension } from "./extension.js";

/** The fields of a request that say how to decode. */
export interface SamplingRequest {
  readonly n?: number | null | undefined;
  readonly stop?: string | readonly string[] | null | undefined;
  readonly seed?: number | null | undefined;
  readonly temperature?: number | null | undefined;
  readonly top_p?: number | null | undefined;
  readonly presence_penalty?: number | null | undefined;
  readonly frequency_penalty?: number | null | undefined;
  readonly logit_bias?: Readonly<Record<string, number>> | null | undefined;
  readonly max_tokens?: number | null | undefined;
  readonly max_completion_tokens?: number | null | undefined;
  readonly logitbook?: Extension | null | undefined;
}

/** The fields that a recipe takes the place of. */
const DECIDED_BY_RECIPE = [
  "n",
  "stop",
  "seed",
  "temperature",
  "top_p",
  "presence_penalty",
  "frequency_penalty",
  "logit_bias",
  "max_tokens",
  "max_completion_tokens",
] as const;

/**
 * The recipe that a request asks for: its own, or the one that its fields describe. Penalties count generated tokens
 * only and come before the temperature, as OpenAI documents them; the nucleus comes last, as in vLLM.
 * @param form what the answer is held to
 * @param defaultMaxTokens for a request that sets no limit
 * @throws OptionError for fields that contradict each other, or ask for more than the server allows
 */
export function toRecipe(
  request: SamplingRequest,
  limits: Limits,
  defaultMaxTokens: number,
  createSeed: () => number,
  form?: AnswerForm,
): CompleteRecipe {
  const own = request.logitbook?.recipe;
  const recipe =
    own === undefined ? recipeOfFields(request, defaultMaxTokens, createSeed, form?.constraint) : own;
  if (own !== undefined) {
    if (form) {
      const { field, constraint } = form;
      throw new OptionError(field, constraint.jsonSchema, "left out: `logitbook.recipe` decides it");
    }
    const clash = DECIDED_BY_RECIPE.find((field) => request[field] !== undefined && request[field] !== null);
    if (clash !== undefined) {
      throw new OptionError(clash, request[clash], "left out: `logitbook.recipe` decides it");
    }
  }
  assertMaxTokens(recipe, limits, own ? "logitbook.recipe.maxNewTokens" : maxTokensField(request));
  return recipe;
}

/** @throws OptionError that names `field` where a recipe generates more than the server allows */
export function assertMaxTokens(
  { maxNewTokens }: CompleteRecipe,
  { maxTokens }: Limits,
  field: string,
): void {
  if (maxNewTokens <= maxTokens) return;
  throw new OptionError(field, maxNewTokens, `at most ${maxTokens}, the limit of this server`);
}

function recipeOfFields(
  request: SamplingRequest,
  defaultMaxTokens: number,
  createSeed: () => number,
  constraint: AnswerForm["constraint"] | undefined,
): CompleteRecipe {
  const { stop, seed, max_tokens, max_completion_tokens } = request;
  const temperature = request.temperature ?? 1;
  const n = request.n ?? 1;
  // Several greedy answers are the same answer: drawn from the likeliest token alone, they come together.
  const method = temperature === 0 && n === 1 ? "greedy" : "sample";
  return parseRecipe({
    method,
    ...(method === "sample" && { numReturnSequences: n }),
    maxNewTokens: max_completion_tokens ?? max_tokens ?? defaultMaxTokens,
    stopStrings: typeof stop === "string" ? [stop] : (stop ?? []),
    seed: seed ?? createSeed(),
    ...(constraint && { constraint }),
    processors: [
      ...penalties(request),
      ...(method === "greedy" ? [] : shape(temperature, request.top_p ?? 1)),
    ],
  });
}

function penalties({ presence_penalty, frequency_penalty, logit_bias }: SamplingRequest): ProcessorConfig[] {
  const biases = Object.entries(logit_bias ?? {}).map(([token, bias]) => [[Number(token)], bias] as const);
  return [
    ...(frequency_penalty
      ? [{ type: "frequencyPenalty", penalty: frequency_penalty, window: "generated" } as const]
      : []),
    ...(presence_penalty
      ? [{ type: "presencePenalty", penalty: presence_penalty, window: "generated" } as const]
      : []),
    ...(biases.length > 0 ? [{ type: "sequenceBias", biases } as const] : []),
  ];
}

function shape(temperature: number, p: number): ProcessorConfig[] {
  if (temperature === 0) return [{ type: "topK", k: 1 }];
  return [
    ...(temperature === 1 ? [] : [{ type: "temperature", t: temperature } as const]),
    ...(p === 1 ? [] : [{ type: "topP", p } as const]),
  ];
}

function maxTokensField({ max_completion_tokens }: SamplingRequest): string {
  return (max_completion_tokens ?? null) === null ? "max_tokens" : "max_completion_tokens";
}
