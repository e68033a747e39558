import type { MimeBundle } from "./display.js";
import type { TableData } from "./frame.js";
import { tableHtml } from "./tableHtml.js";
import { layOutTable, type TableOptions } from "./tableLayout.js";
import { tableText } from "./tableText.js";

/**
 * The table as HTML with its plain-text twin.
 * @throws OptionError for a column that doesn't exist, or probabilities beyond 0 to 1
 */
export function tableBundle(data: TableData, options: TableOptions = {}): MimeBundle {
  const table = layOutTable(data, options);
  return { "text/html": tableHtml(table), "text/plain": tableText(table) };
}
