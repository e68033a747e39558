import type { Command } from "commander";
import { UnusedOptionError } from "../core/errors.js";
import type { OpenModel } from "../core/types.js";
import { modelMemory } from "../models/memory.js";
import { DEFAULT_MODEL } from "../models/modelsDirectory.js";
import { openModel } from "../models/openModel.js";
import type { PretrainedOptions } from "../models/pretrained/openPretrained.js";
import type { ModelSource } from "../server/index.js";
import { addEngineOptions, type EngineArguments, engineOptions } from "./modelArguments.js";
import { readPlayground } from "./readPlayground.js";
import { readRecipe } from "./recipeArguments.js";
import { append } from "./repeated.js";
import { oneLine, UsageError } from "./report.js";
import { wholeNumber } from "./wholeNumber.js";

interface ServeArguments extends EngineArguments {
  readonly port: number;
  readonly host: string;
  readonly apiKey?: string;
  readonly withoutKey?: true;
  readonly maxConcurrent: number;
  readonly maxQueue: number;
  readonly maxTokens: number;
  readonly predictRecipe?: string;
  readonly memoryLimit?: number;
  readonly corsOrigin: readonly string[];
  readonly stallTime: number;
  readonly drainTime: number;
  readonly runs: string;
  readonly config?: string;
}

const HELP = `
Each MODEL is a name, a directory, a .gguf file or a hub id, as for the other commands; NAME=MODEL serves it under
another name. The first is opened at once, the others when they are first used; within --memory-limit the ones used
longest ago are closed again. Of several models --precision, --runtime, --dtype and --device are for
those that have a use for them.

  POST /v1/chat/completions, /v1/completions, GET /v1/models    for OpenAI's clients: the base URL is
                                                                http://HOST:PORT/v1
  POST /tokenize, /detokenize, /apply-template
  GET  /health, /metrics, /openapi.json
  POST /predict, GET /info                                      EIR's shape
  /api/…                                                        recipes, traces and beams in events
  GET  /                                                        the playground, for a browser

A config is an .mjs or .js module (.ts where Node reads it) whose default export is what createPlayground takes:
{ models, corpora, templates, rooms, title }. Its paths start from its own folder; models named here are added to its own.

The key may come from the environment variable LOGITBOOK_API_KEY, where other users of this machine can't read it.
SIGTERM and Ctrl-C let running requests end, --drain-time seconds at most.

Examples:
  logitbook play
  logitbook play --config examples/instructions/playground.config.mjs
  logitbook serve smollm2 mine=path/to/model.gguf --port 9000 --max-concurrent 8
  curl http://127.0.0.1:8080/v1/chat/completions -H 'content-type: application/json' \\
    -d '{"model":"smollm2","messages":[{"role":"user","content":"Why is the sky blue?"}]}'

Exit status: 0 stopped, 2 bad input (one line on stderr says what).`;

/** `logitbook serve`: answers OpenAI's clients over HTTP. `logitbook play` is the same, by what a browser calls it. */
export function addServe(program: Command, signal: AbortSignal): void {
  const command = program
    .command("serve")
    .alias("play")
    .description("serve models over HTTP: the playground in a browser, and OpenAI's clients")
    .argument("[models...]", `what to serve (default: ${DEFAULT_MODEL})`)
    .option("--port <number>", "0 takes any that is free", wholeNumber(0), 8080)
    .option("--host <address>", "any other address than the loopback needs a key", "127.0.0.1")
    .option("--api-key <key>", "what clients must send as `authorization: Bearer KEY`")
    .option("--without-key", "serve other machines without a key")
    .option("--max-concurrent <count>", "requests that decode at once", wholeNumber(1), 16)
    .option("--max-queue <count>", "requests that may wait; more are answered with 429", wholeNumber(0), 64)
    .option("--stall-time <seconds>", "how long a client may leave its answer unread", wholeNumber(1), 30)
    .option("--max-tokens <count>", "the most tokens that a request may ask for", wholeNumber(1), 4096)
    .option("--predict-recipe <file>", "how /predict decodes, as JSON (default: draws 64 tokens)")
    .option("--memory-limit <MB>", "what open models may take together (default: no limit)", wholeNumber(1))
    .option("--cors-origin <origin>", "a site whose pages may call; once for each", append, [])
    .option("--config <file>", "a module that exports the playground's options")
    .option("--runs <folder>", "whose training runs the playground shows", "runs")
    .option("--drain-time <seconds>", "how long running requests may go on at the end", wholeNumber(0), 30);
  addEngineOptions(command)
    .addHelpText("after", HELP)
    .action((models: readonly string[], options: ServeArguments) => run(models, options, signal));
}

async function run(models: readonly string[], options: ServeArguments, signal: AbortSignal): Promise<void> {
  const { ModelPool, startServer } = await import("../server/index.js");
  const { memoryLimit, apiKey = process.env.LOGITBOOK_API_KEY, maxTokens, drainTime, corsOrigin } = options;
  const config = options.config === undefined ? undefined : await readPlayground(options.config);
  const asked = models.length > 0 || config !== undefined ? models : [DEFAULT_MODEL];
  const pool = new ModelPool({
    models: { ...config?.models, ...(await sources(asked, options)) },
    ...(memoryLimit !== undefined && { memoryLimit: memoryLimit * 1e6 }),
  });
  const predictRecipe = options.predictRecipe && (await readRecipe(options.predictRecipe));
  const { port, host, withoutKey, maxConcurrent, maxQueue, stallTime } = options;
  const server = await startServer({
    pool,
    port,
    host,
    maxConcurrent,
    maxQueue,
    stallTime: stallTime * 1000,
    corsOrigins: corsOrigin,
    runsFolder: config?.runsFolder ?? options.runs,
    ...(config && { page: config.page }),
    ...(config?.samples && { samples: config.samples }),
    limits: { maxTokens },
    drainTime: drainTime * 1000,
    ...(predictRecipe && { predictRecipe }),
    ...(apiKey && { apiKey }),
    ...(withoutKey && { withoutKey }),
    onError: (error) => process.stderr.write(`logitbook: ${oneLine(error)}\n`),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.syscall === undefined) throw error;
    throw new UsageError(`can't listen on ${host}:${port} (${error.code}): choose another --port or --host`);
  });
  const ended = interrupted(signal);
  try {
    const [first] = pool.names;
    (await pool.use(first, signal)).release();
    // A browser has no way to send a key.
    const page = apiKey ? "" : `; the playground is at ${server.url}/`;
    const base = `OpenAI's clients take ${server.url}/v1`;
    process.stdout.write(`${server.url} serves ${pool.names.join(", ")}; ${base}${page}\n`);
    await ended;
    process.stderr.write("logitbook: ending; running requests may go on for a while\n");
  } finally {
    await server.close();
  }
}

/** Settles at Ctrl-C, or at the signal by which a service manager ends a program. */
function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
    process.once("SIGTERM", () => resolve());
  });
}

/** @param several options are for those of the models that have a use for them */
async function openWith(source: string, options: PretrainedOptions, several: boolean): Promise<OpenModel> {
  try {
    return await openModel(source, options);
  } catch (error) {
    if (!several || !(error instanceof UnusedOptionError)) throw error;
    const { [error.option as keyof PretrainedOptions]: _, ...rest } = options;
    return openWith(source, rest, several);
  }
}

/** @throws UsageError for a name that stands for two models */
async function sources(
  models: readonly string[],
  options: EngineArguments,
): Promise<Record<string, ModelSource>> {
  const found: Record<string, ModelSource> = {};
  for (const model of models) {
    const [, name, source] = /^([\w.-]+)=(.+)$/.exec(model) ?? [model, model, model];
    if (name in found) throw new UsageError(`${name} is given twice: name one of them NAME=MODEL`);
    found[name] = {
      memory: await modelMemory(source),
      open: async () => ({ ...(await openWith(source, engineOptions(options), models.length > 1)), name }),
    };
  }
  return found;
}
