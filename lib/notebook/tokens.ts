import { escapeHtml } from "../core/escapeHtml.js";
import { type TokenPart, tokenParts } from "../tokenizers/display.js";

/** How control tokens are written in the families of models this library reads. */
const controlToken = /^<\|[^|]+\|>$/;

/**
 * The parts of a token of which only the text is known. One that is written like a control token, such as
 * `<|im_end|>`, is drawn as one; with its id at hand, `tokenParts` knows better.
 */
export function textParts(text: string): TokenPart[] {
  const bytes = new TextEncoder().encode(text);
  return tokenParts(0, { tokenBytes: () => bytes, isSpecial: () => controlToken.test(text) });
}

/** The parts as text in which spaces, newlines and tabs are seen: `·most`, `⏎`, `→`. */
export function tokenText(parts: readonly TokenPart[]): string {
  return parts.map((part) => part.text).join("");
}

/**
 * A token drawn as it is everywhere in this project: monospace, spaces as faint signs, control tokens as a capsule.
 * @param id the token's id, shown on hover
 */
export function tokenHtml(parts: readonly TokenPart[], id?: number): string {
  const title = id === undefined ? "" : ` title="token ${id}"`;
  return `<code class="lb-token"${title}>${parts.map(partHtml).join("")}</code>`;
}

function partHtml({ kind, text }: TokenPart): string {
  return kind === "text" ? escapeHtml(text) : `<span class="lb-${kind}">${escapeHtml(text)}</span>`;
}
