export type { SampleSource } from "./api/samples.js";
export { type App, type AppOptions, createApp } from "./app.js";
export type { Limits, ServerContext } from "./context.js";
export { HttpError } from "./errors.js";
export { type RunningServer, type ServerOptions, startServer } from "./listen.js";
export {
  type Lease,
  ModelPool,
  type ModelPoolOptions,
  type ModelSource,
  type ModelState,
} from "./modelPool.js";
export { type PlaygroundParts, playgroundParts } from "./playground/parts.js";
export type { PageFacts } from "./playground/rooms.js";
