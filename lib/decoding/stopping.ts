import { OptionError } from "../core/errors.js";
import type { Tokens } from "../core/types.js";
import type { FinishReason } from "./step.js";

/**
 * Says whether a sequence ends after its last token. Called after every token, end tokens aside.
 * @param tokens the prompt and all tokens generated so far
 * @param promptLength how many of them are the prompt
 */
export type StopWhen = (tokens: Tokens, promptLength: number) => boolean;

/** A clock that only moves forward, in milliseconds from any start, such as `() => performance.now()`. */
export type Clock = () => number;

/** When a sequence ends. */
export interface StopLimits {
  /** The most tokens to generate, a whole number from 1. */
  readonly maxNewTokens: number;
  /** Tokens that end a sequence; they are generated and counted. Default none. */
  readonly stopTokens?: readonly number[];
  /** Ends a sequence as a stop token does; the token it was asked about stays. Default never. */
  readonly stopWhen?: StopWhen;
  /** Seconds after which no further token is begun. Default no limit. */
  readonly maxTime?: number;
  /** What `maxTime` is measured with. */
  readonly clock?: Clock;
}

/** Why the sequence ends with its last token, or undefined if it goes on. */
export type StopRule = (tokens: Tokens) => FinishReason | undefined;

/**
 * Puts the limits together; the time runs from this call. Of several reasons the first counts: "stop" for a stop
 * token or `stopWhen`, "length" for `maxNewTokens` or a full context, "time" for `maxTime`.
 * @throws OptionError for a limit out of range, or `maxTime` without a clock
 */
export function stopRule(limits: StopLimits, promptLength: number, contextLength: number): StopRule {
  const { maxNewTokens, stopTokens = [], stopWhen = () => false } = limits;
  if (!Number.isInteger(maxNewTokens) || maxNewTokens < 1) {
    throw new OptionError("maxNewTokens", maxNewTokens, "a whole number from 1");
  }
  const timeIsUp = deadline(limits);
  return (tokens) => {
    if (stopTokens.includes(tokens[tokens.length - 1]) || stopWhen(tokens, promptLength)) return "stop";
    // A full context leaves room for no further call: the last token was predicted, but can't be read.
    if (tokens.length - promptLength >= maxNewTokens || tokens.length > contextLength) return "length";
    return timeIsUp() ? "time" : undefined;
  };
}

/** Ends a sequence as soon as one of the rules does; undefined if there is none. */
export function anyStop(rules: readonly (StopWhen | undefined)[]): StopWhen | undefined {
  const given = rules.filter((rule) => rule !== undefined);
  if (given.length <= 1) return given[0];
  return (tokens, promptLength) => given.some((rule) => rule(tokens, promptLength));
}

function deadline({ maxTime, clock }: StopLimits): () => boolean {
  if (maxTime === undefined) return () => false;
  if (!(maxTime > 0)) throw new OptionError("maxTime", maxTime, "a number of seconds above 0");
  if (clock === undefined) {
    throw new OptionError(
      "maxTime",
      maxTime,
      "given together with `clock`, such as `() => performance.now()`",
    );
  }
  const end = clock() + maxTime * 1000;
  return () => clock() >= end;
}
