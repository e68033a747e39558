import { CorpusError, OptionError } from "../../../core/errors.js";
import type { CorpusDocument, ReadOptions } from "../types.js";
import { csvDocuments } from "./csv.js";
import { jsonlDocuments } from "./jsonl.js";
import { plainDocuments } from "./plain.js";

type Format = (file: string, options: ReadOptions) => AsyncGenerator<CorpusDocument>;

/** Names of text files; what has another one, or none, is read as text too when it is named itself. */
export const TEXT_FILE = /\.(txt|text|md|csv|tsv|jsonl|ndjson)(\.gz)?$/i;

/**
 * How a file is read, by its name.
 * @throws OptionError for an option that its format does not have, CorpusError for archives
 */
export function formatOf(file: string, options: ReadOptions): Format {
  const [, extension = ""] = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(file) ?? [];
  const kind = extension.toLowerCase();
  if (/^(tar|tgz|zip|7z|rar|xz|bz2|parquet)$/.test(kind)) {
    throw new CorpusError(file, `it is packed (${kind}): unpack it first; the IMDB archive opens as imdb`);
  }
  const isTable = ["csv", "tsv", "jsonl", "ndjson"].includes(kind);
  if (isTable && options.unit !== undefined) {
    throw new OptionError("unit", options.unit, `left out: each row of ${file} is a document`);
  }
  if (!isTable && options.column !== undefined) {
    throw new OptionError("column", options.column, `left out: ${file} is no CSV, TSV or JSONL`);
  }
  if (kind === "csv" || kind === "tsv") return csvDocuments;
  return isTable ? jsonlDocuments : plainDocuments;
}
