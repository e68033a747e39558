import type { Hono } from "hono";
import { z } from "zod";
import { OptionError } from "../../core/errors.js";
import type { OpenModel } from "../../core/types.js";
import { parseRecipe, type Recipe } from "../../decoding/index.js";
import type { ServerContext } from "../context.js";
import { HttpError } from "../errors.js";
import { type Job, runJob } from "../job.js";
import { answers } from "../openai/answers.js";
import { answersOf } from "../openai/sequenceCount.js";
import { readJson } from "../readBody.js";

/** What /predict decodes with where the server isn't told otherwise. */
export const PREDICT_RECIPE: Recipe = { method: "sample", maxNewTokens: 64 };

export const predictRequest = z
  .array(z.record(z.string(), z.string()))
  .min(1)
  .describe("A list of prompts, each under the name of the model that is to continue it.")
  .meta({ id: "PredictRequest" });

export const predictResponse = z
  .object({ result: z.array(z.record(z.string(), z.string())) })
  .describe("The prompts with what follows them, in their order.")
  .meta({ id: "PredictResponse" });

/**
 * POST /predict and GET /info in the shape of EIR's server: `[{ "NAME": "prompt" }, …]` is answered with
 * `{ "result": [{ "NAME": "prompt and what follows" }, …] }`.
 */
export function addPredict(app: Hono, context: ServerContext, recipe: Recipe = PREDICT_RECIPE): void {
  const complete = parseRecipe(recipe);
  app.post("/predict", async (c) => {
    const started = context.now();
    const samples = readSamples(await readJson(c), context);
    const result = samples.map(({ prompt }) => prompt);
    // All samples of one model take one turn together, and are decoded side by side.
    for (const model of new Set(samples.map(({ name }) => name))) {
      const job = runJob(context, model, c.req.raw.signal, (job) => predict(job, model));
      for await (const { at, text } of job) result[at] += text;
    }
    return c.json({ result: samples.map(({ name }, at) => ({ [name]: result[at] })) });

    /** Tells what follows the samples of a model, piece by piece; of several answers the first counts. */
    async function* predict(
      { open, signal }: Job,
      model: string,
    ): AsyncGenerator<{ at: number; text: string }, void> {
      const mine = [...samples.entries()].filter(([, { name }]) => name === model);
      const prompts = mine.map(([, { prompt }]) => open.tokenizer.encode(prompt || opening(open)));
      const each = answersOf(complete);
      const options = { recipe: complete, signal };
      for await (const event of answers(context, open, prompts, each, options, started)) {
        if (event.kind !== "text" || event.index % each !== 0) continue;
        yield { at: mine[event.index / each][0], text: event.text };
      }
    }
  });
  app.get("/info", (c) => {
    const outputs = context.pool.names.map((name) => [name, { type: "sequence" }]);
    return c.json({ inputs: {}, outputs: Object.fromEntries(outputs) });
  });
}

/** A text begins where another ended. */
function opening({ name, tokenizer }: OpenModel): string {
  const [end] = tokenizer.endTokens;
  if (end !== undefined) return tokenizer.decode([end]);
  throw new OptionError("prompt", "", `a text: \`${name}\` has no token that a text begins with`);
}

interface Sample {
  readonly name: string;
  readonly prompt: string;
}

/** @throws HttpError or OptionError that names the sample at fault */
function readSamples(body: unknown, { pool, limits }: ServerContext): Sample[] {
  if (!Array.isArray(body) || body.length === 0) {
    throw new HttpError(400, 'the body must be a list such as [{ "NAME": "a prompt" }]');
  }
  if (body.length > limits.maxSequences) {
    throw new HttpError(400, `at most ${limits.maxSequences} prompts at once, the limit of this server`);
  }
  return body.map((sample: unknown, at) => {
    const entries = typeof sample === "object" && sample !== null ? Object.entries(sample) : [];
    const [name, prompt] = entries[0] ?? [];
    if (entries.length !== 1 || name === undefined || typeof prompt !== "string") {
      throw new OptionError(`[${at}]`, sample, 'an object with one text, such as { "NAME": "a prompt" }');
    }
    if (pool.stateOf(name) === undefined) {
      throw new OptionError(`[${at}].${name}`, prompt, `under one of the names ${pool.names.join(", ")}`);
    }
    return { name, prompt };
  });
}
