import type { Tokenizer } from "../core/types.js";
import { stopStringFilter } from "../decoding/index.js";
import { textStream } from "../tokenizers/index.js";

/** A piece of an answer: its text, and what was to be told of the tokens that made it. */
export interface TextPiece<Told> {
  readonly text: string;
  readonly told: readonly Told[];
  /** Where in the whole text of the answer each of these tokens begins, in characters. */
  readonly offsets: readonly number[];
}

/** Turns the tokens of one answer into text that may be sent. */
export interface AnswerText<Told> {
  /** What this token completes: nothing while a character is cut, or while the text may begin a stop string. */
  push(token: number, told: Told): TextPiece<Told>;
  /** What is left when the answer has ended. */
  flush(): TextPiece<Told>;
}

/**
 * Text without half characters, end tokens and stop strings. What is told of a token is held back with its text, and
 * dropped with it: a token whose text begins behind a stop string was never said.
 */
export function answerText<Told>(tokenizer: Tokenizer, stopStrings: readonly string[]): AnswerText<Told> {
  const stream = textStream(tokenizer);
  const filter = stopStringFilter(stopStrings);
  let held: { readonly from: number; readonly told: Told }[] = [];
  let decoded = 0;
  let shown = 0;

  function release(text: string, ended: boolean): TextPiece<Told> {
    shown += text.length;
    if (text === "" && !ended) return { text, told: [], offsets: [] };
    const out = held.filter(({ from }) => from < shown);
    held = held.filter(({ from }) => from >= shown);
    return { text, told: out.map(({ told }) => told), offsets: out.map(({ from }) => from) };
  }

  return {
    push(token, told) {
      if (tokenizer.endTokens.includes(token)) return { text: "", told: [], offsets: [] };
      held.push({ from: decoded, told });
      const text = stream.push(token);
      decoded += text.length;
      return release(filter.push(text), false);
    },
    flush: () => release(filter.push(stream.flush()) + filter.flush(), true),
  };
}
