import { hasPrefixCache } from "../../core/prefixCaching.js";
import type { OpenModel, Tokens } from "../../core/types.js";
import type { Sequence } from "../../decoding/index.js";
import type { ServerContext } from "../context.js";
import { interleave } from "../interleave.js";
import { mapped } from "../mapped.js";
import { type ChoiceEvent, type ChoicesOptions, choices } from "./choices.js";

/** Tokens counted as OpenAI's protocol counts them. */
export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
}

/** What several prompts were answered with. */
export interface Answered {
  readonly usage: Usage;
  /** Of all prompts, in order. */
  readonly sequences: readonly Sequence[];
}

/**
 * Answers several prompts side by side. Answers are numbered through: those of the first prompt come first.
 * @param perPrompt how many answers each prompt gets
 * @param started milliseconds, by the server's clock, at which the request came
 */
export async function* answers(
  context: Pick<ServerContext, "metrics" | "now">,
  open: OpenModel,
  prompts: readonly Tokens[],
  perPrompt: number,
  options: ChoicesOptions,
  started: number,
): AsyncGenerator<ChoiceEvent, Answered> {
  const { metrics, now } = context;
  const cached = await cachedTokens(open, prompts);
  const promptTokens = prompts.reduce((sum, prompt) => sum + prompt.length, 0);
  metrics.tokens(open.name, "prompt", promptTokens);
  metrics.tokens(open.name, "cached", cached);
  const finished: (readonly Sequence[])[] = [];
  /** Tokens told of each prompt's answers: what counts of those that a client has left. */
  const told = prompts.map(() => 0);
  let begun = false;
  const all = prompts.map((prompt, at) => numbered(choices(open, prompt, options), at));
  try {
    for await (const event of interleave(all)) {
      if (!begun) metrics.firstToken(open.name, (now() - started) / 1000);
      begun = true;
      yield event;
    }
  } finally {
    const generated = told.map((count, at) => (finished[at] ? countTokens(finished[at]) : count));
    metrics.tokens(
      open.name,
      "generated",
      generated.reduce((sum, count) => sum + count, 0),
    );
  }
  const sequences = finished.flat();
  return { usage: usageOf(promptTokens, countTokens(sequences), cached), sequences };

  async function* numbered(
    events: ReturnType<typeof choices>,
    at: number,
  ): AsyncGenerator<ChoiceEvent, void> {
    const first = at * perPrompt;
    finished[at] = yield* mapped(events, (event) => {
      if (event.kind === "text") told[at] += event.told.length;
      return [event.kind === "beams" ? event : { ...event, index: first + event.index }];
    });
  }
}

export function usageOf(prompt: number, generated: number, cached: number): Usage {
  return {
    prompt_tokens: prompt,
    completion_tokens: generated,
    total_tokens: prompt + generated,
    prompt_tokens_details: { cached_tokens: cached },
  };
}

function countTokens(sequences: readonly Sequence[]): number {
  return sequences.reduce((sum, { tokens }) => sum + tokens.length, 0);
}

/** How many of the prompts' tokens need not be computed; the last one of each always is. */
async function cachedTokens({ model }: OpenModel, prompts: readonly Tokens[]): Promise<number> {
  if (!hasPrefixCache(model)) return 0;
  const lengths = await model.cachedLengths(prompts);
  return lengths.reduce((sum, length, at) => sum + Math.min(length, prompts[at].length - 1), 0);
}
