import type { Tokenizer } from "../core/types.js";
import type { Beam, BeamStep, TracedToken } from "../decoding/index.js";
import { tracedToken } from "../decoding/trace/token.js";

/** A beam that can be drawn without its tokenizer: its last token, and the generated ones by their ids. */
export interface DrawnBeam extends Omit<Beam, "tokens" | "token">, TracedToken {
  readonly tokens: readonly number[];
}

/** The frontier of a beam search after one step, as it is sent. */
export interface DrawnBeamStep extends Pick<BeamStep, "bounds" | "stopped"> {
  readonly running: readonly DrawnBeam[];
  readonly ended: readonly DrawnBeam[];
  readonly pruned: readonly DrawnBeam[];
  readonly finished: readonly DrawnBeam[];
}

/** The step without its prompt and its scores, and with what is needed to draw its tokens. */
export function drawnBeamStep(step: BeamStep, promptLength: number, tokenizer: Tokenizer): DrawnBeamStep {
  const draw = (beams: readonly Beam[]) =>
    beams.map(({ tokens, token, ...beam }) => ({
      ...beam,
      ...tracedToken(token, tokenizer),
      tokens: tokens.slice(promptLength),
    }));
  const { bounds, stopped } = step;
  return {
    running: draw(step.running),
    ended: draw(step.ended),
    pruned: draw(step.pruned),
    finished: draw(step.finished),
    // Where nothing can be attained any more, the bound is -Infinity, which JSON writes as null.
    bounds,
    ...(stopped && { stopped }),
  };
}
