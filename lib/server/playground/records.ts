import { readFile } from "node:fs/promises";
import path from "node:path";
import { CorpusError, OptionError } from "../../core/errors.js";
import { objectAt } from "./checks.js";
import { type ParseCsv, readTable } from "./readTable.js";
import type { PlaygroundCorpus, SampleRecord } from "./types.js";

/** The only split of a corpus that names none. */
export const UNNAMED = "";

/**
 * Reads a corpus's records, by split; under `UNNAMED` where it has no splits.
 * @param folder that relative paths start from
 * @throws OptionError that names the split at fault; CorpusError for a file that can't be read
 */
export async function splitsOf(
  name: string,
  records: PlaygroundCorpus["records"],
  folder: string,
): Promise<ReadonlyMap<string, readonly SampleRecord[]>> {
  const option = `corpora.${name}.records`;
  if (typeof records !== "object" || records === null || Array.isArray(records)) {
    return new Map([[UNNAMED, await recordsOf(name, option, records, folder)]]);
  }
  const splits = Object.entries(records);
  if (splits.length === 0) throw new OptionError(option, records, "a split at least, as { train: … }");
  if (UNNAMED in records) throw new OptionError(option, records, "splits with names");
  return new Map(
    await Promise.all(
      splits.map(
        async ([split, given]) =>
          [split, await recordsOf(name, `${option}.${split}`, given, folder)] as const,
      ),
    ),
  );
}

async function recordsOf(
  name: string,
  option: string,
  records: unknown,
  folder: string,
): Promise<readonly SampleRecord[]> {
  if (typeof records === "string") return readFileOf(name, path.resolve(folder, records));
  if (!Array.isArray(records) || records.length === 0) {
    throw new OptionError(option, records, "an array with one record at least, or a file");
  }
  for (const [at, record] of records.entries()) objectAt(`${option}[${at}]`, record);
  return records;
}

async function readFileOf(name: string, file: string): Promise<readonly SampleRecord[]> {
  if (!/\.(jsonl|json|csv|tsv)$/i.test(file)) {
    throw new CorpusError(name, `${path.basename(file)} is no .jsonl, .json, .csv or .tsv file`);
  }
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new CorpusError(name, `${file} can't be read (${error.code})`, { cause: error });
  });
  return readTable(path.basename(file), text, csvParser).catch((error: Error) => {
    throw new CorpusError(name, error.message, { cause: error });
  });
}

async function csvParser(): Promise<ParseCsv> {
  const { parse } = await import("csv-parse/sync");
  return (text, delimiter) => parse(text, { columns: true, delimiter, bom: true, skip_empty_lines: true });
}
