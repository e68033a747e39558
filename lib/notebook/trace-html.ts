import { escapeHtml } from "../core/escapeHtml.js";
import type { Trace, TracedStage, TraceStep } from "../decoding/index.js";
import { tracedTokenParts } from "../tokenizers/display.js";
import { candidatesHtml } from "./candidates-html.js";
import { percent } from "./column.js";
import { meterHtml, meterWidth } from "./meter.js";
import { palette } from "./palette.js";
import { tableStyle, traceStyle } from "./style-sheet.js";
import { tokenHtml, tokenText } from "./tokens.js";

/** A stage that moved less probability than single precision can tell did nothing. */
const nothingMoved = 1e-6;
/** Columns beside that of the step's number; the last one is empty and takes the room that the others leave. */
const columns = 5;
const left = 'align="left" style="text-align:left"';
const leftLine = 'align="left" style="text-align:left;white-space:nowrap"';
const rightLine = 'align="right" style="white-space:nowrap"';
const unfolded = "Unfolded: rank and probability of each candidate";
const legend = {
  chain: `Right of a stage: the tokens it left and the probability it removed. ${unfolded} after each stage, hatched where the stage removed it.`,
  noChain: `${unfolded}.`,
};

interface Look {
  readonly title: string;
  readonly note?: string;
  readonly maxRows: number;
}

/**
 * A trace as HTML: for each step a row of numbers, and below it the chain, which unfolds into the candidates. As in
 * `tableHtml`, what carries meaning is written into each cell, for notebooks that lose `<style>`.
 */
export function traceHtml(trace: Trace, { title, note = "", maxRows }: Look): string {
  const steps = trace.steps.slice(0, maxRows);
  const several = trace.sequences.length > 1;
  const longest = steps.reduce((most, { chosen }) => {
    return Math.max(most, tokenText(tracedTokenParts(chosen)).length);
  }, 6);
  const bodies = steps.map((step) => stepHtml(step, several, meterWidth(longest)));
  const count = steps.length < trace.steps.length ? `${steps.length} of ${trace.steps.length} steps` : "";
  const notes = [count, note, trace.recipe.processors.length > 0 ? legend.chain : legend.noChain].filter(
    (line) => line !== "",
  );
  return [
    `<style>${tableStyle}${traceStyle}</style>`,
    '<div class="lb-table lb-trace tex2jax_ignore mathjax_ignore"><table>',
    `<caption align="top" style="text-align:left">${escapeHtml(title)}</caption>`,
    `<thead><tr><th scope="col" align="right">step</th><th scope="col" ${leftLine}>chosen, after the chain</th>`,
    '<th scope="col" align="right">model</th><th scope="col" align="right">rank</th>',
    `<th scope="col" ${rightLine}>entropy, nats</th><th style="width:100%"></th></tr></thead>`,
    ...bodies,
    `</table>${notes.map((line) => `<p class="lb-note">${escapeHtml(line)}</p>`).join("")}</div>`,
  ].join("\n");
}

function stepHtml(step: TraceStep, several: boolean, width: number): string {
  const { chosen, raw, processed, sequence, position } = step;
  const place = several ? `${sequence + 1}.${position + 1}` : `${position + 1}`;
  const token = tokenHtml(tracedTokenParts(chosen), chosen.token);
  const number = (text: string) => `<td class="lb-number" ${rightLine}>${text}</td>`;
  const cells = [
    `<td ${left}>${meterHtml(token, chosen.processed?.probability ?? 0, palette.chosen, width)}</td>`,
    number(percent(chosen.raw?.probability ?? 0)),
    number(String(chosen.raw?.rank ?? "–")),
    number(`${raw.entropy.toFixed(2)} → ${processed.entropy.toFixed(2)}`),
  ];
  const summary = step.stages.length > 0 ? chainHtml(step) : "candidates";
  return [
    `<tbody><tr><th scope="row" align="right">${place}</th>${cells.join("")}<td></td></tr>`,
    `<tr><td></td><td colspan="${columns}" ${left}><details><summary>${summary}</summary>`,
    `${candidatesHtml(step)}</details></td></tr></tbody>`,
  ].join("");
}

/** From left to right: how many tokens each stage left, and the probability that it removed. */
function chainHtml({ raw, stages }: TraceStep): string {
  const model = `<span class="lb-stage">model ${whole(raw.tokensLeft)}</span>`;
  return [model, ...stages.map(stageHtml)].join(' <span class="lb-arrow">→</span> ');
}

function stageHtml({ name, tokensLeft, massRemoved, massMoved }: TracedStage): string {
  const removed = massRemoved > 0 ? ` −${percent(massRemoved)}` : "";
  const look = massMoved < nothingMoved ? "lb-stage lb-still" : "lb-stage";
  return `<span class="${look}">${escapeHtml(name)} ${whole(tokensLeft)}${removed}</span>`;
}

function whole(count: number): string {
  return count.toLocaleString("en-US");
}
