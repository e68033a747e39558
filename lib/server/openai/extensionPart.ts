import type { TraceStep } from "../../decoding/index.js";
import type { DrawnBeamStep } from "../beamJson.js";
import type { TokenDetail } from "./choices.js";

/** What Logitbook's own field says of a piece of an answer. */
export interface ExtensionPart {
  /** How each of its tokens came about. */
  readonly trace?: readonly TraceStep[];
  /** The frontier of a beam search after one step. */
  readonly beams?: DrawnBeamStep;
}

/** The trace of a piece's tokens; undefined where none was asked for. */
export function extensionOf(told: readonly TokenDetail[]): ExtensionPart | undefined {
  const trace = told.flatMap((detail) => (detail.trace === undefined ? [] : [detail.trace]));
  return trace.length === 0 ? undefined : { trace };
}
