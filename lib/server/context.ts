import type { Gate } from "./gate.js";
import type { Metrics } from "./metrics.js";
import type { ModelPool } from "./modelPool.js";

/** How much a single request may ask for. */
export interface Limits {
  /** Bytes of a request's body. */
  readonly bodyBytes: number;
  /** The most tokens to generate for one sequence. */
  readonly maxTokens: number;
  /** The most sequences of one request, over all its prompts. */
  readonly maxSequences: number;
}

/** What every route of a server works with. */
export interface ServerContext {
  readonly pool: ModelPool;
  readonly gate: Gate;
  readonly metrics: Metrics;
  readonly limits: Limits;
  /** The folder whose training runs are shown. */
  readonly runsFolder?: string;
  /** Aborted when the server gives up the requests that it still has. */
  readonly shutdown: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A new name for an answer. */
  readonly createId: () => string;
  /** The seed of a request that names none. */
  readonly createSeed: () => number;
  /** Told of every error that is the server's own fault. */
  readonly onError: (error: unknown) => void;
}
