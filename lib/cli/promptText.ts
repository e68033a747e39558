import type { ChatPrompt, PromptToken } from "../chat/index.js";
import { tracedTokenParts } from "../tokenizers/display.js";
import type { Terminal } from "./terminal.js";
import { folded } from "./width.js";

/** A prompt with each speaker's words on lines of their own, then what was cached and what was cut. */
export function promptText({ tokens, cut, budget }: ChatPrompt, { width, paint }: Terminal): string {
  const lines: string[] = [];
  let from = 0;
  while (from < tokens.length) {
    const { role } = tokens[from];
    let to = from;
    while (to < tokens.length && tokens[to].role === role) to++;
    const text = tokens.slice(from, to).map(drawn).join("");
    const indent = " ".repeat(11);
    const [first, ...others] = folded(text, indent, width);
    const whole = [`${role.padStart(9)}  ${first.slice(indent.length)}`, ...others];
    lines.push(...(role === "template" ? whole.map(paint.faint) : whole));
    from = to;
  }
  const cached = tokens.filter((token) => token.cached).length;
  const room = `${tokens.length} of ${budget} tokens: ${cached} cached, ${tokens.length - cached} new`;
  const left = cut.length === 0 ? "" : `; no room for the ${cut.length} oldest turns`;
  return `${lines.join("\n")}\n${paint.faint(room + left)}\n`;
}

function drawn(token: PromptToken): string {
  return tracedTokenParts(token)
    .map(({ text }) => text)
    .join("");
}
