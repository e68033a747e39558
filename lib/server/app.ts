import { randomInt, randomUUID } from "node:crypto";
import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { routePath } from "hono/route";
import { secureHeaders } from "hono/secure-headers";
import { OptionError } from "../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../core/options.js";
import type { Recipe } from "../decoding/index.js";
import { addApi } from "./api/index.js";
import { setUpSamples } from "./api/setUpSamples.js";
import type { Limits, ServerContext } from "./context.js";
import { errorBody, HttpError, toHttpError } from "./errors.js";
import { Gate } from "./gate.js";
import { createMetrics } from "./metrics.js";
import type { ModelPool } from "./modelPool.js";
import { addOpenApi } from "./openapi.js";
import { addPage } from "./page.js";
import { STALL_TIME } from "./patience.js";
import { type PageFacts, WHOLE_PAGE } from "./playground/rooms.js";
import { addChat } from "./routes/chat.js";
import { addCompletions } from "./routes/completions.js";
import { addHealth } from "./routes/health.js";
import { addMetrics } from "./routes/metrics.js";
import { addModels } from "./routes/models.js";
import { addPredict } from "./routes/predict.js";
import { addTokenize } from "./routes/tokenize.js";
import type { SampleSource } from "./sampleSource.js";
import { requireKey, requireLoopbackHost } from "./security.js";
import { unknownUrl } from "./unknownUrl.js";

export interface AppOptions {
  readonly pool: ModelPool;
  /** What a request must bring as `authorization: Bearer KEY`. Default: nothing. */
  readonly apiKey?: string | undefined;
  /** Answer only requests that name this machine as `localhost` or by its loopback address. Default false. */
  readonly loopbackOnly?: boolean;
  /** Origins whose pages may call. Default none. */
  readonly corsOrigins?: readonly string[];
  /** How many requests decode at once. Default 16. */
  readonly maxConcurrent?: number;
  /** How many may wait for their turn; more are answered with 429. Default 64. */
  readonly maxQueue?: number;
  readonly limits?: Partial<Limits>;
  /** How long, in milliseconds, a client may leave unread what waits for it; then it is given up. Default 30,000. */
  readonly stallTime?: number;
  /** What /predict decodes with. Default: 64 tokens, drawn with the seed 0. */
  readonly predictRecipe?: Recipe;
  /** The folder whose training runs are shown. Default: none are. */
  readonly runsFolder?: string;
  /** The examples of the playground's data room. Default: the corpora that set-up brought. */
  readonly samples?: SampleSource;
  /** What the playground's page shows of itself. Default: all its rooms. */
  readonly page?: PageFacts;
  /** More routes, which get everything that those of the app get. */
  readonly routes?: readonly ((app: Hono, context: ServerContext) => void)[];
  /** Milliseconds since 1970. Default: the machine's clock. */
  readonly now?: () => number;
  readonly createId?: () => string;
  /** The seed of a request that names none. Default: a random one. */
  readonly createSeed?: () => number;
  /** Told of every error that is the server's own fault. Default: nobody is. */
  readonly onError?: (error: unknown) => void;
}

/** The names of `AppOptions`. */
export const appNames: OptionNames<AppOptions> = {
  pool: true,
  apiKey: true,
  loopbackOnly: true,
  corsOrigins: true,
  maxConcurrent: true,
  maxQueue: true,
  stallTime: true,
  limits: true,
  predictRecipe: true,
  runsFolder: true,
  samples: true,
  page: true,
  routes: true,
  now: true,
  createId: true,
  createSeed: true,
  onError: true,
};

const limitNames: OptionNames<Limits> = { bodyBytes: true, maxTokens: true, maxSequences: true };

/** The server without a socket: what answers a request. */
export interface App {
  readonly hono: Hono;
  readonly context: ServerContext;
  /** From now on /health says that the server is going. */
  drain(): void;
  /** Gives up the requests that still run. */
  abort(): void;
}

const DEFAULT_LIMITS: Limits = { bodyBytes: 4 * 2 ** 20, maxTokens: 4096, maxSequences: 32 };

/**
 * Builds the server's routes over a pool of models.
 * @throws OptionError for a number that lets nobody in, or nobody read
 */
export function createApp(options: AppOptions): App {
  assertKnownOptions(options, appNames);
  if (options.limits) assertKnownOptions(options.limits, limitNames, "limits");
  const { pool, apiKey, loopbackOnly = false, corsOrigins = [], routes = [] } = options;
  const { stallTime = STALL_TIME } = options;
  if (!(stallTime > 0)) throw new OptionError("stallTime", stallTime, "a number of milliseconds above 0");
  const shutdown = new AbortController();
  const metrics = createMetrics(() => pool.memory);
  const context: ServerContext = {
    pool,
    metrics,
    gate: new Gate({
      maxConcurrent: options.maxConcurrent ?? 16,
      maxQueue: options.maxQueue ?? 64,
      onChange: metrics.queue,
    }),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    stallTime,
    ...(options.runsFolder !== undefined && { runsFolder: options.runsFolder }),
    samples: options.samples ?? setUpSamples(),
    page: options.page ?? WHOLE_PAGE,
    trusted: loopbackOnly || apiKey !== undefined,
    shutdown: shutdown.signal,
    now: options.now ?? (() => performance.timeOrigin + performance.now()),
    createId: options.createId ?? randomUUID,
    createSeed: options.createSeed ?? (() => randomInt(2 ** 47)),
    onError: options.onError ?? (() => {}),
  };
  let draining = false;
  const app = new Hono();
  app.use(measured(context));
  app.use(secureHeaders({ crossOriginResourcePolicy: "same-origin", xFrameOptions: "SAMEORIGIN" }));
  if (loopbackOnly) app.use(requireLoopbackHost());
  if (corsOrigins.length > 0) app.use(cors({ origin: [...corsOrigins] }));
  if (apiKey !== undefined) app.use(requireKey(apiKey));
  app.use(bodyLimit({ maxSize: context.limits.bodyBytes, onError: () => tooLarge(context.limits) }));
  addHealth(app, context, () => draining);
  addPredict(app, context, options.predictRecipe);
  addOpenApi(app);
  for (const add of [addModels, addCompletions, addChat, addTokenize, addMetrics, addApi, addPage, ...routes])
    add(app, context);
  app.notFound((c) => {
    throw unknownUrl(app, c.req.method, c.req.path);
  });
  app.onError((thrown, c) => {
    const error = toHttpError(thrown);
    if (error.status >= 500 && error.cause !== undefined) context.onError(error.cause);
    const { retryAfter, allow } = error.details;
    if (retryAfter !== undefined) c.header("retry-after", String(retryAfter));
    if (allow !== undefined) c.header("allow", allow.join(", "));
    return c.json(errorBody(error), error.status as 400);
  });
  return {
    hono: app,
    context,
    drain() {
      draining = true;
    },
    abort() {
      shutdown.abort(new HttpError(503, "the server is shutting down", { code: "shutting_down" }));
    },
  };
}

/** Counts every answer, by the route's pattern rather than its path, of which there is no end. */
function measured({ metrics, now }: ServerContext): MiddlewareHandler {
  return async (c, next) => {
    const started = now();
    await next();
    metrics.answered(routePath(c, -1), c.res.status, (now() - started) / 1000);
  };
}

function tooLarge({ bodyBytes }: Limits): never {
  throw new HttpError(413, `the body is larger than ${bodyBytes} bytes`, { code: "request_too_large" });
}
