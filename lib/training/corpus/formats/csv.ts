import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CorpusError } from "../../../core/errors.js";
import { readBytes } from "../read/bytes.js";
import { decodeText } from "../read/text.js";
import type { CorpusDocument, ReadOptions } from "../types.js";
import { missingColumn } from "./column.js";

interface Row {
  readonly record: Readonly<Record<string, string>>;
  /** Counts lines of the file, the head included. */
  readonly info: { readonly lines: number };
}

/**
 * Documents of a table whose first row names its columns: comma-separated, tab-separated if the file is a `.tsv`.
 * @throws CorpusError for a column that is not there, and with the line for a row that is malformed
 */
export async function* csvDocuments(file: string, options: ReadOptions): AsyncGenerator<CorpusDocument> {
  const { column = "text", encoding } = options;
  const { parse } = await import("csv-parse");
  const parser = parse({
    columns: (head: string[]) => {
      if (!head.includes(column)) throw missingColumn(file, column, head);
      return head;
    },
    delimiter: /\.tsv(\.gz)?$/i.test(file) ? "\t" : ",",
    skip_empty_lines: true,
    info: true,
  });
  const reading = pipeline(Readable.from(decodeText(readBytes(file), file, encoding)), parser);
  // Its failure reaches the loop below; stopping early is none.
  reading.catch(() => {});
  try {
    for await (const { record, info } of parser as AsyncIterable<Row>) {
      yield { text: record[column], name: `${file}:${info.lines}` };
    }
  } catch (error) {
    if (error instanceof CorpusError) throw error;
    throw new CorpusError(file, `it is no valid table: ${(error as Error).message}`, { cause: error });
  } finally {
    parser.destroy();
  }
}
