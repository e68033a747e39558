import { OptionError } from "../core/errors.js";
import type { Trace, TraceStep } from "../decoding/index.js";
import { tracedTokenParts } from "../tokenizers/display.js";
import { percent } from "./column.js";
import type { MimeBundle } from "./display.js";
import { tableBundle } from "./table.js";
import type { TableOptions } from "./tableLayout.js";
import { tokenText } from "./tokens.js";
import { traceHtml } from "./traceHtml.js";

/** Steps shown before the rest is only counted; a step with ten candidates and four stages takes about 20 kB. */
const mostSteps = 20;

export function isTrace(value: unknown): value is Trace {
  if (typeof value !== "object" || value === null) return false;
  const { steps, sequences, recipe } = value as Partial<Trace>;
  return Array.isArray(steps) && Array.isArray(sequences) && typeof recipe === "object";
}

/**
 * A trace as a table that steps: one row for each token, which unfolds into the candidates and their way through the
 * chain. Needs no script. The plain-text twin has the rows alone.
 * @throws OptionError for options of other tables, or `maxRows` that is no integer above 0
 */
export function traceBundle(trace: Trace, options: TableOptions): MimeBundle {
  const { title = defaultTitle(trace), note, maxRows = mostSteps, ...others } = options;
  const [unused] = Object.keys(others);
  if (unused)
    throw new OptionError(unused, Reflect.get(others, unused), "left out: it is for tables of data");
  const written = { title, maxRows, ...(note !== undefined && { note }) };
  const several = trace.sequences.length > 1;
  const text = tableBundle(
    { columns: textColumns, rows: trace.steps.map((step) => textRow(step, several)) },
    { ...written, probability: ["probability", "model"], decimals: { before: 2, after: 2 } },
  )["text/plain"];
  return { "text/html": traceHtml(trace, written), "text/plain": text };
}

function defaultTitle({ recipe, prompt }: Trace): string {
  const words = prompt.text.length > 60 ? `…${prompt.text.slice(-60)}` : prompt.text;
  return `${recipe.method} after “${words.replace(/\s+/g, " ").trim()}”`;
}

const textColumns = ["step", "token", "probability", "model", "rank", "before", "after", "chain"];

function textRow(step: TraceStep, several: boolean): unknown[] {
  const { chosen, raw, processed, stages, sequence, position } = step;
  const chain = stages.map(({ name, tokensLeft, massRemoved }) => {
    return `${name} ${tokensLeft}${massRemoved > 0 ? ` −${percent(massRemoved)}` : ""}`;
  });
  return [
    several ? `${sequence + 1}.${position + 1}` : position + 1,
    tokenText(tracedTokenParts(chosen)),
    chosen.processed?.probability ?? null,
    chosen.raw?.probability ?? null,
    chosen.raw?.rank ?? null,
    raw.entropy,
    processed.entropy,
    chain.join(" → "),
  ];
}
