import type { Tokenizer, Tokens } from "../core/types.js";
import type { StopWhen } from "./stopping.js";

/**
 * Ends a sequence with the token that completes one of the strings in the generated text. Compares bytes, so that a
 * string is found across the borders of tokens, also where they cut a character in two. The prompt doesn't count:
 * a string that begins in it is not found, as in OpenAI's and vLLM's `stop` (Hugging Face's `stop_strings` finds it).
 */
export function stopAtStrings(
  strings: readonly string[],
  tokenizer: Pick<Tokenizer, "tokenBytes">,
): StopWhen {
  const needles = strings.map((text) => toBinary(new TextEncoder().encode(text)));
  const longest = Math.max(0, ...needles.map((needle) => needle.length));
  return (tokens, promptLength) => {
    const tail = generatedTail(tokens, promptLength, longest, tokenizer);
    return needles.some((needle) => tail.includes(needle));
  };
}

/** The text before the first of the strings in it. */
export function cutAtStop(text: string, strings: readonly string[]): string {
  const cuts = strings.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  return cuts.length === 0 ? text : text.slice(0, Math.min(...cuts));
}

/** Text on its way to a reader. */
export interface TextFilter {
  /** The part of the text so far that may be shown now. */
  push(text: string): string;
  /** What is left when no more comes. */
  flush(): string;
}

/**
 * Passes text on up to the first stop string. An end that could still become one is held back until it is decided,
 * so that a reader never sees the beginning of a stop string.
 */
export function stopStringFilter(strings: readonly string[]): TextFilter {
  let held = "";
  let stopped = false;
  return {
    push(text) {
      if (stopped) return "";
      held += text;
      const shown = cutAtStop(held, strings);
      stopped = shown.length < held.length;
      const safe = stopped ? shown.length : held.length - openEnd(held, strings);
      const out = held.slice(0, safe);
      held = stopped ? "" : held.slice(safe);
      return out;
    },
    flush() {
      const rest = held;
      held = "";
      return rest;
    },
  };
}

/** How many characters at the end of the text begin a stop string. */
function openEnd(text: string, strings: readonly string[]): number {
  const lengths = strings.map((stop) => {
    let length = Math.min(stop.length - 1, text.length);
    while (length > 0 && !stop.startsWith(text.slice(text.length - length))) length--;
    return length;
  });
  return Math.max(0, ...lengths);
}

/** The last generated token's bytes with the `longest` bytes before it; earlier ones were searched already. */
function generatedTail(
  tokens: Tokens,
  promptLength: number,
  longest: number,
  tokenizer: Pick<Tokenizer, "tokenBytes">,
): string {
  let tail = "";
  let before = 0;
  for (let at = tokens.length - 1; at >= promptLength && before < longest; at--) {
    const bytes = toBinary(tokenizer.tokenBytes(tokens[at]));
    if (at < tokens.length - 1) before += bytes.length;
    tail = bytes + tail;
  }
  return tail;
}

/** One character for each byte. */
function toBinary(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
