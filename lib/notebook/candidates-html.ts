import { escapeHtml } from "../core/escapeHtml.js";
import type { Standing, TracedCandidate, TraceStep } from "../decoding/index.js";
import { tracedTokenParts } from "../tokenizers/display.js";
import { meterHtml } from "./meter.js";
import { palette } from "./palette.js";
import { tokenHtml } from "./tokens.js";

const left = 'align="left" style="text-align:left"';
/** Room for a rank of six digits and a percentage, in em. */
const width = 7.5;

/** A step's candidates, one a row, and their way through the chain from left to right, all bars on one scale. */
export function candidatesHtml({ candidates, chosen, stages }: TraceStep): string {
  const names = ["token", "model", ...stages.map(({ name }) => name)];
  const head = names.map((name) => `<th scope="col" ${left}>${escapeHtml(name)}</th>`).join("");
  const rows = candidates.map((candidate) => {
    return candidateHtml(candidate, candidate.token === chosen.token ? palette.chosen : palette.probability);
  });
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function candidateHtml(candidate: TracedCandidate, colour: string): string {
  const { raw, stages, removedBy } = candidate;
  const standings = [raw, ...stages];
  const cells = standings.map((standing, index) => {
    const before = standings[index - 1] ?? null;
    const content = standing ? standingHtml(standing, colour) : index === 0 ? gone : absentHtml(before);
    return `<td>${content}</td>`;
  });
  const token = tokenHtml(tracedTokenParts(candidate), candidate.token);
  const name = removedBy === null ? token : `<s>${token}</s>`;
  return `<tr><th scope="row" ${left}>${name}</th>${cells.join("")}</tr>`;
}

const gone = '<span class="lb-gone">–</span>';

function standingHtml({ probability, rank }: Standing, colour: string): string {
  return meterHtml(`<span class="lb-rank">${rank}</span>`, probability, colour, width);
}

/** Where a token was removed, its last bar is still there, hatched; after that there is only a dash. */
function absentHtml(before: Standing | null): string {
  if (before === null) return gone;
  const length = (before.probability * 100).toFixed(2);
  return [
    `<div class="lb-meter lb-removed" style="position:relative;display:flex;justify-content:space-between;width:${width}em">`,
    `<span style="position:absolute;left:0px;top:0px;height:100%;width:${length}%"></span>`,
    '<span class="lb-percent lb-gone">removed</span></div>',
  ].join("");
}
