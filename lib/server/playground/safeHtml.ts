import { escapeHtml } from "../../core/escapeHtml.js";
import type { SampleHtml } from "./types.js";

type Part = SampleHtml | string | number | readonly (SampleHtml | string | number)[];

/**
 * HTML of a sample view: what is put in is escaped, other than HTML made by this tag, alone or in lists.
 * @example safeHtml`<b>${record.name}</b>${turns.map((turn) => safeHtml`<p>${turn}</p>`)}`
 */
export function safeHtml(strings: TemplateStringsArray, ...parts: readonly Part[]): SampleHtml {
  return { html: String.raw({ raw: strings }, ...parts.map(written)) };
}

function written(part: Part): string {
  if (typeof part === "object") return "html" in part ? part.html : part.map(written).join("");
  return escapeHtml(String(part));
}
