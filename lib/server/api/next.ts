import type { Hono } from "hono";
import { z } from "zod";
import { Recent } from "../../core/recent.js";
import type { LanguageModel, OpenModel } from "../../core/types.js";
import { closedObject, countField } from "../../decoding/schema.js";
import { traceStep } from "../../decoding/trace/step.js";
import { tracedToken } from "../../decoding/trace/token.js";
import { decodeWithRows, type TraceableStep } from "../../decoding/trace/trace.js";
import { weigh } from "../../decoding/trace/weigh.js";
import type { ServerContext } from "../context.js";
import { type Job, runJob } from "../job.js";
import { TRACE_TOP } from "../openai/extension.js";
import { readModelBody } from "../readModelBody.js";
import { promptFields, promptTokens } from "./prompt.js";
import { rankOf } from "./rank.js";
import { withRowMemo } from "./rowMemo.js";
import type { NextAnswer, PathStep } from "./types.js";

/** Rows kept for each model: 50 MB at a vocabulary of 49,152. */
const ROWS_KEPT = 256;
/** Steps of paths kept for each model: to tell of one takes longer than to replay it. Each is kept under its whole text. */
const STEPS_KEPT = 512;

/** What is remembered of a model between requests. */
interface Memory {
  readonly model: LanguageModel;
  readonly steps: Recent<string, PathStep>;
}

export const nextRequest = closedObject({
  ...promptFields,
  picks: z
    .array(countField(0), { error: "a list of token ids" })
    .default([])
    .describe(
      "Tokens taken after the prompt, whatever the recipe would choose; its draws stay where they are.",
    ),
  top: countField(1).default(TRACE_TOP).describe("How many candidates to follow through the chain."),
}).meta({ id: "NextTokenRequest" });

type NextRequest = z.infer<typeof nextRequest>;

/** POST /api/next: follows the picked tokens, and traces the one that the recipe chooses after them. */
export function addNext(app: Hono, context: ServerContext): void {
  const memories = new WeakMap<LanguageModel, Memory>();
  const memoryOf = (model: LanguageModel): Memory => {
    const memory = memories.get(model) ?? {
      model: withRowMemo(model, ROWS_KEPT),
      steps: new Recent<string, PathStep>(STEPS_KEPT),
    };
    memories.set(model, memory);
    return memory;
  };
  app.post("/api/next", async (c) => {
    const started = context.now();
    const request = await readModelBody(c, nextRequest, context);
    const job = runJob(context, request.model, c.req.raw.signal, async function* ({ open, signal }: Job) {
      yield await follow(request, open, memoryOf(open.model), signal);
    });
    const { value } = await job.next();
    await job.return(undefined);
    return c.json({ ...(value as Omit<NextAnswer, "milliseconds">), milliseconds: context.now() - started });
  });
}

async function follow(
  request: NextRequest,
  open: OpenModel,
  { model, steps: known }: Memory,
  signal: AbortSignal,
): Promise<Omit<NextAnswer, "milliseconds">> {
  const { recipe, picks, top } = request;
  const prompt = promptTokens(request, open);
  const steps = decodeWithRows({ ...open, model }, prompt, recipe, { signal, picks });
  const path: PathStep[] = [];
  // The same recipe, with its seed, makes the same of the same tokens.
  const under = JSON.stringify([recipe, prompt.length]);
  try {
    for (;;) {
      const step = await steps.next();
      if (!step.done && path.length < picks.length) {
        const key = `${under} ${step.value.tokens.join(" ")}`;
        const told = known.get(key) ?? pathStep(step.value, open);
        known.set(key, told);
        path.push(told);
        continue;
      }
      // Only the newest is explained in full: a whole trace of each step would cost more than the model.
      const next = step.done ? null : traceStep(step.value, prompt.length, top, open.tokenizer);
      return { prompt: prompt.map((token) => tracedToken(token, open.tokenizer)), path, next };
    }
  } finally {
    await steps.return([]);
  }
}

function pathStep({ token, logProb, rows }: TraceableStep, { tokenizer }: OpenModel): PathStep {
  const { entropy } = weigh(rows.raw);
  return {
    token: tracedToken(token, tokenizer),
    logProb: Number.isFinite(logProb) ? logProb : null,
    rank: rows.raw[token] === Number.NEGATIVE_INFINITY ? null : rankOf(rows.raw, token),
    entropy,
    processedEntropy: rows.stages.length > 0 ? weigh(rows.processed).entropy : entropy,
  };
}
