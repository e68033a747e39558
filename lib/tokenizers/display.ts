import type { Tokenizer } from "../core/types.js";
import type { TracedToken } from "../decoding/index.js";

/** A piece of a token as it is drawn: what it is, and the signs that stand for it. */
export interface TokenPart {
  readonly kind: "text" | "space" | "newline" | "tab" | "special" | "bytes";
  readonly text: string;
}

/** Characters without a shape, blanks other than the space, and the sign for an unreadable character. */
const invisible = /^[\p{Cc}\p{Cf}\p{Z}\uFFFD]$/u;

/**
 * A token as people should see it: spaces as ·, newlines as ⏎, tabs as →, special tokens as they are written, and
 * bytes that are no whole character, or one without a shape, in hex such as ⟨E2 82⟩.
 */
export function displayToken(token: number, tokenizer: TokenReader): string {
  return tokenParts(token, tokenizer)
    .map((part) => part.text)
    .join("");
}

/** The same in parts, for a renderer that draws each kind in its own way; neighbours of one kind are joined. */
export function tokenParts(token: number, tokenizer: TokenReader): TokenPart[] {
  const bytes = tokenizer.tokenBytes(token);
  if (tokenizer.isSpecial(token)) return [{ kind: "special", text: new TextDecoder().decode(bytes) }];
  return drawBytes(bytes);
}

/** The same for a token of a trace, which brings along what it takes to draw it. */
export function tracedTokenParts({ token, text, bytes, special }: TracedToken): TokenPart[] {
  return tokenParts(token, {
    tokenBytes: () => (bytes ? Uint8Array.from(bytes) : new TextEncoder().encode(text)),
    isSpecial: () => special === true,
  });
}

/** Any text in the same signs. */
export function displayText(text: string): string {
  return drawBytes(new TextEncoder().encode(text))
    .map((part) => part.text)
    .join("");
}

type TokenReader = Pick<Tokenizer, "tokenBytes" | "isSpecial">;

function drawBytes(bytes: Uint8Array): TokenPart[] {
  const runs: { kind: TokenPart["kind"]; bytes: number[]; text: string }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const character = characterAt(bytes, at);
    const length = character?.length ?? 1;
    const { kind, text } = drawCharacter(character?.text);
    const run = runs.at(-1);
    const piece = bytes.subarray(at, at + length);
    if (run?.kind === kind) {
      run.bytes.push(...piece);
      run.text += text;
    } else runs.push({ kind, bytes: [...piece], text });
    at += length;
  }
  return runs.map(({ kind, bytes, text }) => ({ kind, text: kind === "bytes" ? hex(bytes) : text }));
}

function drawCharacter(character: string | undefined): TokenPart {
  if (character === " ") return { kind: "space", text: "·" };
  if (character === "\n") return { kind: "newline", text: "⏎" };
  if (character === "\t") return { kind: "tab", text: "→" };
  if (character === undefined || invisible.test(character)) return { kind: "bytes", text: "" };
  return { kind: "text", text: character };
}

/** The whole character that begins at a byte, or undefined where none does. */
function characterAt(bytes: Uint8Array, at: number): { text: string; length: number } | undefined {
  const first = bytes[at];
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > bytes.length) return undefined;
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { text: decoder.decode(bytes.subarray(at, at + length)), length };
  } catch {
    return undefined;
  }
}

function hex(bytes: readonly number[]): string {
  const pairs = bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"));
  return `⟨${pairs.join(" ")}⟩`;
}
