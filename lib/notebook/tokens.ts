/** A piece of a token: plain text, or something that has to be drawn to be seen. */
export interface TokenPart {
  readonly kind: "text" | "space" | "newline" | "tab" | "special" | "bytes";
  /** The text of the piece; of a `bytes` piece its hexadecimal digits. */
  readonly text: string;
}

const pieces = /(?<newline>\r?\n)|(?<tab>\t)|(?<space> )|(?<text>[^\r\n\t ]+|\r)/g;
const controlToken = /^<\|[^|]+\|>$/;
const signs = { space: "·", newline: "⏎", tab: "→" } as const;

/** Text escaped for use between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Splits plain text into parts. A text that looks like a control token, `<|im_end|>`, becomes one. */
export function textParts(text: string): TokenPart[] {
  if (controlToken.test(text)) return [{ kind: "special", text }];
  return [...text.matchAll(pieces)].map((match) => {
    const found = Object.entries(match.groups ?? {}).find(([, piece]) => piece !== undefined);
    return { kind: (found?.[0] ?? "text") as TokenPart["kind"], text: match[0] };
  });
}

/** The parts as text in which spaces, newlines and tabs are seen: `·most`, `⏎`, `→`. */
export function tokenText(parts: readonly TokenPart[]): string {
  return parts.map(({ kind, text }) => (isBlank(kind) ? signs[kind] : text)).join("");
}

/**
 * A token drawn as LOOK asks: monospace, blanks as faint signs, control tokens as a capsule, its id on hover.
 * @param id the token's id, shown as a tooltip
 */
export function tokenHtml(parts: readonly TokenPart[], id?: number): string {
  const title = id === undefined ? "" : ` title="token ${id}"`;
  return `<code class="lb-token"${title}>${parts.map(partHtml).join("")}</code>`;
}

function partHtml({ kind, text }: TokenPart): string {
  if (isBlank(kind)) return `<span class="lb-blank">${signs[kind]}</span>`;
  if (kind === "text") return escapeHtml(text);
  return `<span class="lb-${kind}">${escapeHtml(text)}</span>`;
}

function isBlank(kind: TokenPart["kind"]): kind is keyof typeof signs {
  return kind in signs;
}
