import type { Gate } from "./gate.js";
import type { Metrics } from "./metrics.js";
import type { ModelPool } from "./modelPool.js";
import type { PageFacts } from "./playground/rooms.js";
import type { SampleSource } from "./sampleSource.js";

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
  /** Milliseconds for which a reader may leave unread what waits for it. */
  readonly stallTime: number;
  /** The folder whose training runs are shown. */
  readonly runsFolder?: string;
  /** The examples of the data room. */
  readonly samples: SampleSource;
  /** What the page shows of itself. */
  readonly page: PageFacts;
  /** Whether only those get in who may use this machine's network: it asks for a key, or answers to this machine alone. */
  readonly trusted: boolean;
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
