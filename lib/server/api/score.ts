import type { Hono } from "hono";
import { OptionError } from "../../core/errors.js";
import { logSumExp } from "../../core/rows.js";
import type { OpenModel } from "../../core/types.js";
import { closedObject } from "../../decoding/schema.js";
import { tracedToken } from "../../decoding/trace/token.js";
import type { ServerContext } from "../context.js";
import { withModel } from "../job.js";
import { modelField, textField } from "../openai/fields.js";
import { readModelBody } from "../readModelBody.js";
import { rankOf } from "./rank.js";
import type { ScoreAnswer, ScoredToken } from "./types.js";

export const scoreRequest = closedObject({
  model: modelField,
  prompt: textField.describe("What stands before the target; its last token at least is needed."),
  target: textField.describe("The text whose probability is wanted."),
}).meta({ id: "ScoreRequest" });

/** POST /api/score: what the model thinks of a target after a prompt, token by token. */
export function addScore(app: Hono, context: ServerContext): void {
  app.post("/api/score", async (c) => {
    const { model, prompt, target } = await readModelBody(c, scoreRequest, context);
    const { signal } = c.req.raw;
    const answer = await withModel(context, model, signal, (open) => score(open, prompt, target, signal));
    return c.json(answer);
  });
}

/** The prompt and the target are tokenized apart: a token across their border would belong to neither. */
async function score(
  open: OpenModel,
  prompt: string,
  target: string,
  signal: AbortSignal,
): Promise<ScoreAnswer> {
  const { model, tokenizer } = open;
  const [before, wanted] = [tokenizer.encode(prompt), tokenizer.encode(target)];
  if (before.length === 0)
    throw new OptionError("prompt", prompt, "not empty: its last token is predicted from");
  if (wanted.length === 0) throw new OptionError("target", target, "not empty");
  const rows = await model.allLogits([...before, ...wanted.slice(0, -1)], signal);
  const scored = wanted.map((token, at): ScoredToken => {
    const row = rows[before.length - 1 + at];
    return {
      ...tracedToken(token, tokenizer),
      logProb: row[token] - logSumExp(row),
      rank: rankOf(row, token),
    };
  });
  const logProb = scored.reduce((sum, { logProb }) => sum + logProb, 0);
  return {
    prompt: before.map((token) => tracedToken(token, tokenizer)),
    target: scored,
    logProb,
    perplexity: Math.exp(-logProb / scored.length),
  };
}
