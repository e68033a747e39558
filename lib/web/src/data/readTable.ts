import type { Fields } from "./templates.js";

/** A file that can't be read as a table. */
export class TableError extends Error {
  override readonly name = "TableError";
}

/**
 * The examples of a JSONL, CSV or TSV file.
 * @throws TableError that names the line at fault, or says that there is nothing
 */
export async function readTable(name: string, text: string): Promise<Fields[]> {
  const rows = /\.jsonl?$/i.test(name)
    ? readJsonLines(text)
    : await readCsv(text, /\.tsv$/i.test(name) ? "\t" : ",");
  if (rows.length === 0)
    throw new TableError(`${name} holds no example: a header and one line at least are needed`);
  return rows;
}

function readJsonLines(text: string): Fields[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      const value = JSON.parse(line) as Record<string, unknown>;
      return [Object.fromEntries(Object.entries(value).map(([key, cell]) => [key, asText(cell)]))];
    } catch (error) {
      throw new TableError(`line ${index + 1} is not valid JSON: ${(error as Error).message}`);
    }
  });
}

async function readCsv(text: string, delimiter: string): Promise<Fields[]> {
  const { parse } = await import("csv-parse/browser/esm/sync");
  try {
    return parse(text, { columns: true, delimiter, bom: true, skip_empty_lines: true }) as Fields[];
  } catch (error) {
    throw new TableError((error as Error).message);
  }
}

function asText(cell: unknown): string {
  return typeof cell === "string" ? cell : JSON.stringify(cell);
}
