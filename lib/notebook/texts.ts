import { escapeHtml } from "../core/escapeHtml.js";
import type { Html } from "./show.js";

/** One generated text, as `foldedTexts` shows it. */
export interface NamedText {
  /** What made it. */
  readonly name: string;
  readonly text: string;
  /** What is to be known of it in a few words, such as its length and why it ended. */
  readonly note?: string;
}

/** Texts up to this many characters are unfolded from the start. */
const short = 400;
/** Characters of a folded text's line: its name, its note and as much of its beginning as is left. */
const lineLength = 80;
const shortestPreview = 24;
const faint = "color:var(--jp-content-font-color2,#767676)";

/**
 * Texts in full, one below the other, long ones folded behind their name and their beginning. They are shown as they
 * are, line breaks included; styles stand in each tag, for notebooks that lose style sheets.
 * @example show(foldedTexts([{ name: "greedy", text, note: "1,000 tokens" }]));
 */
export function foldedTexts(texts: readonly NamedText[]): Html {
  return {
    html: `<div class="tex2jax_ignore mathjax_ignore" style="max-width:46em">${texts.map(folded).join("")}</div>`,
    text: texts
      .map(({ name, text, note }) => `${[name, note].filter(Boolean).join(" · ")}\n${text}`)
      .join("\n\n"),
  };
}

function folded({ name, text, note }: NamedText): string {
  const open = text.length <= short;
  const left = Math.max(shortestPreview, lineLength - name.length - (note?.length ?? 0));
  const beginning = text.slice(0, left).replace(/\s+/g, " ").trim();
  const preview = open ? "" : ` <span style="${faint}">· ${escapeHtml(beginning)}…</span>`;
  const about = note === undefined ? "" : ` <span style="${faint}">· ${escapeHtml(note)}</span>`;
  return [
    `<details${open ? " open" : ""} style="margin:0 0 8px"><summary style="cursor:pointer">`,
    `<strong>${escapeHtml(name)}</strong>${about}${preview}</summary>`,
    '<div style="white-space:pre-wrap;overflow-wrap:anywhere;margin:8px 0 16px 16px;line-height:1.5">',
    `${escapeHtml(text)}</div></details>`,
  ].join("");
}
