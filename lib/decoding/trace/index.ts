export { type Traceable, type TraceOptions, trace, traceSteps } from "./trace.js";
export type * from "./types.js";
