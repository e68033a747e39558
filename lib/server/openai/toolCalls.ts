import type { ToolCall } from "../../core/types.js";

/** What a piece of an answer was: words for the reader, and calls that it completed. */
export interface ToolPiece {
  readonly text: string;
  readonly calls: readonly ToolCall[];
}

const [OPEN, CLOSE] = ["<tool_call>", "</tool_call>"];

/** What stands around the JSON of a call. */
export const CALL_BEGIN = `${OPEN}\n`;
export const CALL_END = `\n${CLOSE}`;

/**
 * Parts an answer's calls from its words, as it comes (Hermes' way of writing them). What may yet become a call is held
 * back; what looks like one but can't be read is words.
 */
export function toolCallFilter(): { push(text: string): ToolPiece; flush(): ToolPiece } {
  let held = "";
  /** Whether a call has just ended: the line break behind it is nobody's words. */
  let behindCall = false;
  const take = (end: boolean): ToolPiece => {
    let text = "";
    const calls: ToolCall[] = [];
    for (;;) {
      if (behindCall && held !== "") {
        held = held.replace(/^\n/, "");
        behindCall = false;
      }
      const open = held.indexOf(OPEN);
      const close = open < 0 ? -1 : held.indexOf(CLOSE, open);
      if (close < 0) {
        const safe = end ? held.length : open < 0 ? held.length - openEnd(held) : open;
        text += held.slice(0, safe);
        held = held.slice(safe);
        return { text, calls };
      }
      const written = held.slice(open, close + CLOSE.length);
      const call = readCall(written.slice(OPEN.length, -CLOSE.length));
      text += held.slice(0, open) + (call === undefined ? written : "");
      if (call !== undefined) calls.push(call);
      behindCall = call !== undefined;
      held = held.slice(close + CLOSE.length);
    }
  };
  return {
    push(text) {
      held += text;
      return take(false);
    },
    flush: () => take(true),
  };
}

/** How many characters at the end begin the mark of a call. */
function openEnd(text: string): number {
  let length = Math.min(OPEN.length - 1, text.length);
  while (length > 0 && !OPEN.startsWith(text.slice(text.length - length))) length--;
  return length;
}

function readCall(written: string): ToolCall | undefined {
  try {
    const { name, arguments: given = {} } = JSON.parse(written);
    if (typeof name === "string" && typeof given === "object" && given !== null)
      return { name, arguments: given };
  } catch {
    // Not a call: the caller shows it as it stands.
  }
  return undefined;
}
