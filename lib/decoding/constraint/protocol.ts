import type { Tokens } from "../../core/types.js";

/** What the engine's thread is started with. */
export interface EngineOrder {
  /** The tokens in the engine's symbols; the last, empty, stands for the end of a text. */
  readonly texts: readonly string[];
  /** Where a mask is written: its state, a position, and a bit for each token. */
  readonly answer: Int32Array<SharedArrayBuffer>;
}

/** What the caller's thread asks for. The one who opens a constraint chooses the number that it goes by. */
export type ToEngine =
  | { readonly type: "open"; readonly id: number; readonly constraint: string; readonly ends: Tokens }
  | { readonly type: "mask"; readonly id: number; readonly text: Tokens }
  | { readonly type: "close"; readonly id: number };

/** What becomes of an `open`; a mask is waited for, and so is answered in shared memory alone. */
export type FromEngine =
  | { readonly type: "opened"; readonly id: number }
  | {
      readonly type: "refused";
      readonly id: number;
      readonly option: string;
      readonly value: unknown;
      readonly expected: string;
    }
  | { readonly type: "failed"; readonly id: number; readonly message: string };

/** Places in the shared answer. */
export const STATE = 0;
export const POSITION = 1;
export const MASK = 2;

/** What `STATE` says. */
export const WAITING = 0;
export const FILLED = 1;
/** The token at `POSITION` breaks the constraint. */
export const BROKEN = 2;
export const FAILED = 3;
