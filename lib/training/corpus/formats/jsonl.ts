import { CorpusError } from "../../../core/errors.js";
import { readBytes } from "../read/bytes.js";
import { linesOf } from "../read/lines.js";
import { decodeText } from "../read/text.js";
import type { CorpusDocument, ReadOptions } from "../types.js";
import { missingColumn } from "./column.js";

/**
 * Documents of a file with one JSON object a line.
 * @throws CorpusError with the line for one that is no object, lacks the column, or holds no text there
 */
export async function* jsonlDocuments(file: string, options: ReadOptions): AsyncGenerator<CorpusDocument> {
  const { column = "text", encoding } = options;
  for await (const { text: line, number } of linesOf(decodeText(readBytes(file), file, encoding))) {
    if (line.trim() === "") continue;
    const name = `${file}:${number}`;
    const record = readObject(line, name);
    if (!Object.hasOwn(record, column)) throw missingColumn(name, column, Object.keys(record));
    const text = record[column];
    if (typeof text !== "string") throw new CorpusError(name, `its ${JSON.stringify(column)} is no text`);
    yield { text, name };
  }
}

function readObject(line: string, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new CorpusError(name, `it is no valid JSON (${(error as Error).message})`, { cause: error });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new CorpusError(name, "it is JSON, but no object");
}
