import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { SampleAnswer } from "../api/types.js";
import type { SampleSource } from "../sampleSource.js";
import { objectAt } from "./checks.js";
import { fieldsOf } from "./readTable.js";
import { splitsOf, UNNAMED } from "./records.js";
import { textsOf, viewOf } from "./run.js";
import type { PlaygroundCorpus, PlaygroundOptions, SampleRecord, Template } from "./types.js";

const corpusNames: OptionNames<PlaygroundCorpus> = { records: true, title: true, licence: true, view: true };

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
        return [name, { corpus, splits: await splitsOf(name, corpus.records, folder) }] as const;
      }),
    ),
  );
  return {
    async list() {
      return [...sets].map(([name, { corpus, splits }]) => ({
        name,
        title: corpus.title ?? name,
        licence: corpus.licence ?? "",
        ...(!splits.has(UNNAMED) && { splits: [...splits.keys()] }),
      }));
    },
    async sample(name, wanted, split) {
      if (split === UNNAMED) return undefined;
      const set = sets.get(name);
      const records = split === undefined ? set?.splits.values().next().value : set?.splits.get(split);
      if (set === undefined || records === undefined) return undefined;
      const index = wanted % records.length;
      const record = records[index] as SampleRecord;
      return sampleOf(name, set.corpus, record, { count: records.length, index }, templates);
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
  assertKnownOptions(given, corpusNames, option);
  if (given.view !== undefined && typeof given.view !== "function") {
    throw new OptionError(`${option}.view`, given.view, "a function that draws a record");
  }
}
