import { readFile } from "node:fs/promises";
import path from "node:path";
import { CorpusError, OptionError } from "../../core/errors.js";
import type { SampleSource } from "../api/samples.js";
import type { SampleAnswer } from "../api/types.js";
import { assertKnown, objectAt } from "./checks.js";
import { fieldsOf, type ParseCsv, readTable } from "./readTable.js";
import { textsOf, viewOf } from "./run.js";
import type { PlaygroundCorpus, PlaygroundOptions, SampleRecord, Template } from "./types.js";

/**
 * The examples and templates of a playground's options; undefined where it has neither.
 * @throws OptionError, CorpusError
 */
export async function ownSamples({
  corpora,
  templates = {},
  folder = process.cwd(),
}: PlaygroundOptions): Promise<SampleSource | undefined> {
  assertTemplates(templates, corpora);
  if (corpora === undefined) return undefined;
  const names = Object.keys(objectAt("corpora", corpora));
  if (names.length === 0) throw new OptionError("corpora", corpora, "one at least, or left out");
  const sets = new Map(
    await Promise.all(
      names.map(async (name) => {
        const corpus = corpora[name] as PlaygroundCorpus;
        assertCorpus(name, corpus);
        return [name, { corpus, records: await recordsOf(name, corpus, folder) }] as const;
      }),
    ),
  );
  return {
    async list() {
      return [...sets].map(([name, { corpus }]) => ({
        name,
        title: corpus.title ?? name,
        licence: corpus.licence ?? "",
      }));
    },
    async sample(name, wanted) {
      const set = sets.get(name);
      if (set === undefined) return undefined;
      const index = wanted % set.records.length;
      const record = set.records[index] as SampleRecord;
      return sampleOf(name, set.corpus, record, { count: set.records.length, index }, templates);
    },
  };
}

function sampleOf(
  name: string,
  corpus: PlaygroundCorpus,
  record: SampleRecord,
  place: Pick<SampleAnswer, "count" | "index">,
  templates: Readonly<Record<string, Template>>,
): SampleAnswer {
  const where = `example ${place.index} of ${name}`;
  const texts = Object.entries(templates).map(([title, template]) => [
    title,
    textsOf(title, template, record, where),
  ]);
  return {
    ...place,
    fields: fieldsOf(record),
    ...(texts.length > 0 && { texts: Object.fromEntries(texts) }),
    ...(corpus.view && { view: viewOf(corpus, record, where) }),
  };
}

function assertTemplates(templates: unknown, corpora: unknown): void {
  for (const [name, template] of Object.entries(objectAt("templates", templates))) {
    if (typeof template === "function") continue;
    throw new OptionError(`templates.${name}`, template, "a function from a record to { prompt, target }");
  }
  if (corpora === undefined && Object.keys(templates as object).length > 0) {
    throw new OptionError("corpora", corpora, "given where `templates` are: they are for its records");
  }
}

function assertCorpus(name: string, corpus: unknown): void {
  const option = `corpora.${name}`;
  const given = objectAt(option, corpus);
  assertKnown(given, ["records", "title", "licence", "view"], (field) => `${option}.${field}`);
  if (given.view !== undefined && typeof given.view !== "function") {
    throw new OptionError(`${option}.view`, given.view, "a function that draws a record");
  }
}

async function recordsOf(
  name: string,
  { records }: PlaygroundCorpus,
  folder: string,
): Promise<readonly SampleRecord[]> {
  const option = `corpora.${name}.records`;
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
