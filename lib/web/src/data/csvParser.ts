import type { ParseCsv } from "../../../server/playground/readTable.js";

/** The page's reader of CSV, loaded with the first such file. */
export async function csvParser(): Promise<ParseCsv> {
  const { parse } = await import("csv-parse/browser/esm/sync");
  return (text, delimiter) => parse(text, { columns: true, delimiter, bom: true, skip_empty_lines: true });
}
