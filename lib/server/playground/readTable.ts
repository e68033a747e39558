import type { SampleRecord } from "./types.js";

/** A file that can't be read as a table. */
export class TableError extends Error {
  override readonly name = "TableError";
}

/** Reads CSV with a header; throws an error that names the line at fault. */
export type ParseCsv = (text: string, delimiter: string) => readonly SampleRecord[];

/**
 * The examples of a JSONL, JSON, CSV or TSV file.
 * @param parseCsv reads CSV where there is any: page and server have a parser each
 * @throws TableError that names the line at fault, or says that there is nothing
 */
export async function readTable(
  name: string,
  text: string,
  parseCsv: () => Promise<ParseCsv>,
): Promise<readonly SampleRecord[]> {
  const rows = await read(name, text, parseCsv);
  if (rows.length === 0)
    throw new TableError(`${name} holds no example: a header and one line at least are needed`);
  return rows;
}

async function read(
  name: string,
  text: string,
  parseCsv: () => Promise<ParseCsv>,
): Promise<readonly SampleRecord[]> {
  if (/\.jsonl$/i.test(name)) return readJsonLines(text);
  if (/\.json$/i.test(name)) return text.trimStart().startsWith("[") ? readJson(text) : readJsonLines(text);
  const parse = await parseCsv();
  try {
    return parse(text, /\.tsv$/i.test(name) ? "\t" : ",");
  } catch (error) {
    throw new TableError((error as Error).message);
  }
}

function readJsonLines(text: string): SampleRecord[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    return [recordOf(parsed(line, `line ${index + 1}`), `line ${index + 1}`)];
  });
}

function readJson(text: string): SampleRecord[] {
  const values = parsed(text, "the file") as unknown[];
  return values.map((value, index) => recordOf(value, `entry ${index + 1}`));
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TableError(`${place} is not valid JSON: ${(error as Error).message}`);
  }
}

function recordOf(value: unknown, place: string): SampleRecord {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as SampleRecord;
  throw new TableError(`${place} is no object with a field for each column`);
}

/** An example's fields as texts; what is none is written as JSON. */
export function fieldsOf(record: SampleRecord): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(record).map(([name, cell]) => [
      name,
      typeof cell === "string" ? cell : JSON.stringify(cell),
    ]),
  );
}
