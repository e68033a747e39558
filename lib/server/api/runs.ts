import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Hono } from "hono";
import { z } from "zod";
import { generate, recipeSchema } from "../../decoding/index.js";
import { closedObject, toZod } from "../../decoding/schema.js";
import { openModel } from "../../models/openModel.js";
import { checkpointFolder } from "../../models/trained/checkpointFolders.js";
import { listRuns, type RunSummary } from "../../training/index.js";
import { runFolder } from "../../training/run/folder.js";
import type { ServerContext } from "../context.js";
import { HttpError } from "../errors.js";
import { textField } from "../openai/fields.js";
import { readBody } from "../readBody.js";
import { eventStream, readerOf, type ServerEvent } from "../sse.js";
import { assertRecipe } from "./assertRecipe.js";
import type { RunAnswer } from "./types.js";

/** Points of a curve that a screen can tell apart. */
const POINTS = 400;

export const travelRequest = closedObject({
  prompt: z.string({ error: "a text" }),
  recipe: toZod(recipeSchema).describe("How to decode, at every checkpoint alike."),
  run: textField,
}).meta({ id: "TimeTravelRequest" });

/**
 * GET /api/runs: the training runs in a folder with their curves and samples; POST /api/travel: the same prompt and
 * seed at every checkpoint of one, in events `{ step, text }`.
 */
export function addRuns(app: Hono, context: ServerContext): void {
  const { runsFolder } = context;
  app.get("/api/runs", async (c) => {
    const runs = runsFolder === undefined ? [] : await listRuns(runsFolder);
    return c.json({ runs: await Promise.all(runs.map(described)) });
  });
  app.post("/api/travel", async (c) => {
    const request = await readBody(c, travelRequest);
    assertRecipe(request.recipe, context.limits);
    const runs = runsFolder === undefined ? [] : await listRuns(runsFolder);
    const run = runs.find(({ name }) => name === request.run);
    if (!run)
      throw new HttpError(404, `there is no run ${request.run} here`, {
        param: "run",
        code: "run_not_found",
      });
    const { abort, signal } = readerOf(c);
    const events = travel(context, run, request, AbortSignal.any([signal, context.shutdown]));
    return eventStream(events, { abort, context });
  });
}

/** One checkpoint after the other, each opened for its turn among all that decode. */
async function* travel(
  { gate }: ServerContext,
  { root, checkpoints }: RunSummary,
  { prompt, recipe }: z.infer<typeof travelRequest>,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent, void> {
  const leave = await gate.enter(signal);
  try {
    for (const step of checkpoints) {
      signal.throwIfAborted();
      const open = await openModel(checkpointFolder(runFolder(root).checkpoints, step));
      try {
        const { sequences } = await generate(open, prompt, recipe, { signal });
        yield { data: { step, text: sequences[0].text } };
      } finally {
        await open.model.dispose();
      }
    }
  } finally {
    leave();
  }
}

async function described({ name, root, config, history, checkpoints }: RunSummary): Promise<RunAnswer> {
  const validated = history.filter(({ validationLoss }) => validationLoss !== undefined);
  const stride = Math.ceil(history.length / POINTS);
  return {
    name,
    architecture: config.model.architecture ?? "checkpoint",
    tokenizer: config.tokenizer?.kind ?? "checkpoint's",
    corpus: config.corpus.source,
    checkpoints,
    curve: validated.map(({ step, validationLoss = 0, bitsPerCharacter }) => ({
      step,
      loss: validationLoss,
      ...(bitsPerCharacter !== undefined && { bitsPerCharacter }),
    })),
    training: history.filter((_, index) => index % stride === 0).map(({ step, loss }) => ({ step, loss })),
    samples: await samplesOf(runFolder(root).samples),
  };
}

async function samplesOf(folder: string): Promise<RunAnswer["samples"]> {
  const steps = (await readdir(folder).catch(() => [])).map(Number).sort((a, b) => a - b);
  const found: { step: number; name: string; text: string }[] = [];
  for (const step of steps) {
    const inside = path.join(folder, String(step));
    for (const file of (await readdir(inside)).sort()) {
      found.push({
        step,
        name: file.replace(/\.txt$/, ""),
        text: await readFile(path.join(inside, file), "utf8"),
      });
    }
  }
  return found;
}
