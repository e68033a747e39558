import type { ChatPrompt } from "../chat/index.js";
import { OptionError } from "../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../core/options.js";
import type { Trace, TracedTree } from "../decoding/index.js";
import { chatPromptBundle, isChatPrompt } from "./chatPrompt.js";
import { type DisplayOptions, display, displayNames, type MimeBundle } from "./display.js";
import { type FrameLike, frameData, isFrame, recordData } from "./frame.js";
import { withoutTags } from "./html.js";
import { type Figure, figureBundle, isFigure } from "./plot.js";
import { tableBundle } from "./table.js";
import type { TableOptions } from "./tableLayout.js";
import { isTrace, traceBundle } from "./trace.js";
import { isTracedTree, treeBundle } from "./tree.js";

/** HTML to be shown as it stands. Whoever writes it escapes it. */
export interface Html {
  readonly html: string;
  /** What is shown where HTML can't be. Default: the HTML without its tags. */
  readonly text?: string;
}

/** What `show` can show. */
export type Showable = FrameLike | readonly object[] | Figure | Trace | TracedTree | ChatPrompt | Html;

export interface ShowOptions extends TableOptions, DisplayOptions {}

const names: OptionNames<ShowOptions> = {
  ...displayNames,
  title: true,
  note: true,
  maxRows: true,
  index: true,
  probability: true,
  tokens: true,
  chosen: true,
  decimals: true,
};

/**
 * Shows a value as the output of the running cell: a danfojs DataFrame or Series or an array of records as a
 * table, a Plotly figure, a trace as a table that steps, a traced beam search as a tree (`treeChart`), the prompt of a
 * chat with the roles of its tokens, or HTML. Outside a notebook its text is written to `stream`.
 *
 *     show(table, { title: "Greedy search", chosen: "Choice 0" });
 *
 * @throws OptionError for any other value, for table options beside a figure or HTML, other ones
 * than `title`, `note` and `maxRows` beside a trace, none but `title` beside a tree or a prompt, and as `tableBundle`
 */
export function show(value: Showable, options: ShowOptions = {}): void {
  assertKnownOptions(options, names);
  const { stream, into, ...tableOptions } = options;
  display(bundleOf(value, tableOptions), { ...(stream && { stream }), ...(into && { into }) });
}

function bundleOf(value: Showable, options: TableOptions): MimeBundle {
  if (isFrame(value)) return tableBundle(frameData(value), options);
  if (isRecords(value)) return tableBundle(recordData(value), options);
  if (isTrace(value)) return traceBundle(value, options);
  if (isTracedTree(value)) return treeBundle(value, options);
  if (isChatPrompt(value)) return chatPromptBundle(value, options);
  const isPicture = isFigure(value);
  if (!isPicture && !isHtml(value)) {
    throw new OptionError(
      "value",
      value,
      "a DataFrame, a Series, an array of records, a Plotly figure, a trace, a tree, a chat's prompt or { html }",
    );
  }
  const [unused] = Object.keys(options);
  if (unused) throw new OptionError(unused, Reflect.get(options, unused), "left out: it is for tables");
  if (isPicture) return figureBundle(value);
  return { "text/html": value.html, "text/plain": value.text ?? withoutTags(value.html) };
}

function isRecords(value: unknown): value is readonly object[] {
  return Array.isArray(value) && value.every((item) => typeof item === "object" && item !== null);
}

function isHtml(value: unknown): value is Html {
  return typeof value === "object" && value !== null && "html" in value && typeof value.html === "string";
}
