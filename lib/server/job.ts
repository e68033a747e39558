import type { OpenModel } from "../core/types.js";
import type { ServerContext } from "./context.js";
import { HttpError } from "./errors.js";

/** What a request decodes with, once it is its turn. */
export interface Job {
  readonly open: OpenModel;
  /** Aborted when the client goes away or the server gives up. */
  readonly signal: AbortSignal;
}

/**
 * Yields what `work` yields, with the model open and a place among those that decode; both are given back at the end,
 * after an error, and when nobody reads on.
 * @throws HttpError 404 for a model that is not offered, 429 where too many wait
 */
export async function* runJob<T, R>(
  context: ServerContext,
  model: string,
  client: AbortSignal,
  work: (job: Job) => AsyncGenerator<T, R>,
): AsyncGenerator<T, R> {
  const { pool, gate, metrics, now, shutdown } = context;
  const started = now();
  assertOffered(context, model);
  const signal = AbortSignal.any([client, shutdown]);
  const leave = await gate.enter(signal);
  try {
    const { open, release } = await pool.use(model, signal);
    try {
      return yield* work({ open, signal });
    } finally {
      release();
    }
  } finally {
    metrics.decoded(model, (now() - started) / 1000);
    leave();
  }
}

/** Lends a model for something that takes no turn, such as tokenizing. */
export async function withModel<T>(
  context: ServerContext,
  model: string,
  client: AbortSignal,
  use: (open: OpenModel) => T | Promise<T>,
): Promise<T> {
  assertOffered(context, model);
  const signal = AbortSignal.any([client, context.shutdown]);
  const { open, release } = await context.pool.use(model, signal);
  try {
    return await use(open);
  } finally {
    release();
  }
}

/** @throws HttpError 404 that lists what is offered */
export function assertOffered({ pool }: ServerContext, model: string): void {
  if (pool.stateOf(model) !== undefined) return;
  const offered = pool.names.map((name) => `\`${name}\``).join(", ");
  const details = { param: "model", code: "model_not_found" };
  throw new HttpError(404, `the model \`${model}\` is not offered here; these are: ${offered}`, details);
}
