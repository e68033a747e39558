import type { ChatPrompt, PromptToken } from "../chat/index.js";
import { OptionError } from "../core/errors.js";
import { escapeHtml } from "../core/escapeHtml.js";
import { tracedTokenParts } from "../tokenizers/display.js";
import type { MimeBundle } from "./display.js";
import { palette, translucent } from "./palette.js";
import { promptStyle, tableStyle } from "./style-sheet.js";
import type { TableOptions } from "./table.js";
import { tokenHtml, tokenText } from "./tokens.js";

export function isChatPrompt(value: unknown): value is ChatPrompt {
  return typeof value === "object" && value !== null && (value as Partial<ChatPrompt>).kind === "chatPrompt";
}

/**
 * The prompt of a chat, token by token: the colour says whose words they are, a line parts what the model remembered
 * from what it has to read, and a note says what had no room. Ids on hover.
 * @throws OptionError for an option other than `title`
 */
export function chatPromptBundle(prompt: ChatPrompt, { title, ...others }: TableOptions): MimeBundle {
  const [unused] = Object.keys(others);
  if (unused) throw new OptionError(unused, Reflect.get(others, unused), "left out: it is for tables");
  const caption = title ?? `${prompt.tokens.length} tokens of ${prompt.budget}`;
  const notes = notesOf(prompt);
  const html = [
    `<style>${tableStyle}${promptStyle}</style>`,
    '<div class="lb-table lb-prompt tex2jax_ignore mathjax_ignore">',
    `<p style="font-weight:600">${escapeHtml(caption)}</p><p>${flow(prompt)}</p>`,
    `<p class="lb-note">${legend()}</p>`,
    ...notes.map((note) => `<p class="lb-note">${escapeHtml(note)}</p>`),
    "</div>",
  ].join("\n");
  const text = [caption, plain(prompt), ...notes].join("\n");
  return { "text/html": html, "text/plain": text };
}

/** Tokens in a row; a line break of the prompt breaks the line here too. */
function flow({ tokens }: ChatPrompt): string {
  const boundary = tokens.findIndex(({ cached }) => !cached);
  return tokens
    .map((token, position) => {
      const mark = position === boundary && position > 0 ? boundaryHtml(boundary, tokens.length) : "";
      return `${mark}${coloured(token)}${token.text.endsWith("\n") ? "<br>" : ""}`;
    })
    .join("");
}

function coloured(token: PromptToken): string {
  const drawn = tokenHtml(tracedTokenParts(token), token.token);
  if (token.role === "template") return drawn;
  const background = translucent(palette.roles[token.role], 0.22);
  return `<span style="background:${background}">${drawn}</span>`;
}

function boundaryHtml(cached: number, all: number): string {
  return `<span class="lb-boundary">${cached} cached, ${all - cached} new</span>`;
}

function legend(): string {
  const roles = Object.entries(palette.roles).map(
    ([role, colour]) => `<span style="background:${translucent(colour, 0.22)}">${role}</span>`,
  );
  return `${roles.join(" ")} template`;
}

function notesOf({ tokens, cut }: ChatPrompt): string[] {
  const cached = tokens.filter(({ cached }) => cached).length;
  const reading = `${cached} tokens were remembered, ${tokens.length - cached} had to be read.`;
  if (cut.length === 0) return [reading];
  const first = cut[0].content.slice(0, 60).replace(/\s+/g, " ");
  return [reading, `No room for the ${cut.length} oldest turns, from “${first}” on.`];
}

/** Each run of one role on a line of its own, the role in front. */
function plain({ tokens }: ChatPrompt): string {
  const lines: { role: string; text: string }[] = [];
  for (const token of tokens) {
    const text = tokenText(tracedTokenParts(token));
    const last = lines.at(-1);
    if (last?.role === token.role) last.text += text;
    else lines.push({ role: token.role, text });
  }
  return lines.map(({ role, text }) => `${role.padStart(9)}  ${text}`).join("\n");
}
