import type { Logits, Tokens } from "../../core/types.js";
import type { LogitsProcessor } from "./types.js";

/** Fills `out` with what a stage makes of a row. The two never share memory. */
export type RowWriter = (out: Logits, logits: Logits, tokens: Tokens) => void;

/** What a processor tells a chain about itself, so that the chain can run it with less work. */
export interface StageTraits {
  /**
   * It looks at the scores alone, not at which token has which, and a token that is ruled out changes nothing for
   * the others. So it may run on the tokens that are left, in order of their ids, instead of on the whole row.
   */
  readonly tokenBlind?: true;
  /** Does the same as the processor, into memory that is there already. */
  readonly write?: RowWriter;
  /**
   * Which tokens the processor keeps of scores that are still to be divided by a number, ascending and without
   * ruled-out ones; it keeps their scores as they are.
   */
  readonly select?: (logits: Logits, divisor: number) => Int32Array;
  /** What it selects depends on more than the order of the scores, so that it never gets a divisor but 1. */
  readonly weighsScores?: true;
  /** All that the processor does is to divide the scores by this number. */
  readonly divisor?: number;
}

/** Gives a processor the name under which traces and errors speak of it. */
export function named(name: string, processor: LogitsProcessor): LogitsProcessor {
  return Object.defineProperty(processor, "name", { value: name, configurable: true });
}

/** A processor that looks at the scores alone: see `StageTraits.tokenBlind`. */
export function tokenBlind(name: string, processor: LogitsProcessor): LogitsProcessor & StageTraits {
  return Object.assign(named(name, processor), { tokenBlind: true } as const);
}

/** A processor made of a function that fills in a row; `out` begins with any content. */
export function rewriting(name: string, write: RowWriter): LogitsProcessor & StageTraits {
  const process: LogitsProcessor = (logits, tokens) => {
    const out = new Float32Array(logits.length);
    write(out, logits, tokens);
    return out;
  };
  return Object.assign(named(name, process), { write });
}
