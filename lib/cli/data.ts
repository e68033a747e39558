import { type Command, Option } from "commander";
import { seededRandom } from "../core/random.js";
import type { Tokenizer } from "../core/types.js";
import { type TokenizerKind, trainTokenizer } from "../tokenizers/index.js";
import {
  type Corpus,
  corpusStatistics,
  type DocumentUnit,
  distinctDocuments,
  listCorpora,
  openCorpus,
  sampleDocuments,
  type TextEncoding,
} from "../training/corpus/index.js";
import { corpusText, listText } from "./dataText.js";
import { downloadReporter, UsageError } from "./report.js";
import { setUpCorpus } from "./setUpCorpus.js";
import { terminalOf } from "./terminal.js";
import { wholeNumber } from "./wholeNumber.js";

interface DataArguments {
  readonly unit?: DocumentUnit;
  readonly column?: string;
  readonly encoding?: TextEncoding;
  readonly archive?: string;
  readonly tokenizer?: TokenizerKind;
  readonly vocabSize?: number;
  readonly samples: number;
  readonly seed: number;
  readonly fetch?: true;
  readonly json?: true;
}

const HELP = `
A corpus is one of the names that \`logitbook data\` lists, a file, a folder or an http(s) address. Files are read by
their names: .csv, .tsv and .jsonl as tables, all others as text, each also with .gz behind it.

With --json, stdout holds one array of { "name", "title", "licence", "size" }, or, for a corpus, one object:
  { "name", "title", "licence", "source", "statistics": { "documents", "empty", "duplicates", "characters", "tokens",
    "lengths", "characterSet", "labels", "parts" }, "samples": [{ "text", "name", "label", "part" }] }

Examples:
  logitbook data
  logitbook data movie-reviews --tokenizer bpe
  logitbook data reviews.csv --column review --samples 5 --seed 2
  logitbook data imdb --archive aclImdb_v1.tar.gz
The environment variable LOGITBOOK_CORPORA moves the place where corpora are kept.`;

/** `logitbook data`: what there is to train on, and what it holds. */
export function addData(program: Command, signal: AbortSignal): void {
  const kinds: readonly TokenizerKind[] = ["char", "word", "bpe"];
  program
    .command("data")
    .description("list texts to train on, or show what one holds")
    .argument("[corpus]", "name, file, folder or address")
    .addOption(
      new Option("--unit <unit>", "what a document of a text is").choices(["file", "line", "paragraph"]),
    )
    .option("--column <name>", "column of a table that holds the text")
    .addOption(
      new Option("--encoding <name>", "of the text").choices(["utf-8", "utf-16le", "utf-16be", "latin1"]),
    )
    .option("--archive <place>", "imdb: path or address of aclImdb_v1.tar.gz")
    .addOption(new Option("--tokenizer <kind>", "count tokens too, by one trained on it").choices(kinds))
    .option("--vocab-size <count>", "most tokens of that tokenizer", wholeNumber(1))
    .option("--samples <count>", "documents to show", wholeNumber(0), 3)
    .option("--seed <number>", "which documents those are", wholeNumber(0), 0)
    .option("--fetch", "bring a named corpus that is not here")
    .option("--json", "print JSON and nothing else")
    .addHelpText("after", HELP)
    .action((source: string | undefined, options: DataArguments) =>
      source === undefined ? list(options) : show(source, options, signal),
    );
}

async function list({ json, samples: _, seed: __, ...others }: DataArguments): Promise<void> {
  const [needless] = Object.keys(others);
  if (needless !== undefined) throw new UsageError(`--${needless} needs a corpus: logitbook data CORPUS`);
  const entries = await listCorpora();
  const terminal = terminalOf(process.stdout, process.env);
  process.stdout.write(json ? `${JSON.stringify(entries)}\n` : listText(entries, terminal));
}

async function show(source: string, options: DataArguments, signal: AbortSignal): Promise<void> {
  const { unit, column, encoding, archive, samples, seed, json } = options;
  if (options.fetch) await setUpCorpus(source, signal);
  const report = downloadReporter();
  const corpus = await openCorpus(source, {
    ...(unit && { unit }),
    ...(column !== undefined && { column }),
    ...(encoding && { encoding }),
    ...(archive !== undefined && { archive }),
    signal,
    onProgress: ({ file, loaded, total }) => report({ file, loaded, total: total ?? loaded }),
  });
  const tokenizer = await trainedOn(corpus, options);
  const statistics = await corpusStatistics(corpus, { signal, ...(tokenizer && { tokenizer }) });
  const shown = samples === 0 ? [] : await sampleDocuments(corpus, samples, seededRandom(seed));
  const { name, title, licence, source: place } = corpus;
  const text = json
    ? `${JSON.stringify({ name, title, licence: licence ?? null, source: place, statistics, samples: shown })}\n`
    : corpusText(corpus, statistics, shown, terminalOf(process.stdout, process.env));
  process.stdout.write(text);
}

async function trainedOn(
  corpus: Corpus,
  { tokenizer: kind, vocabSize }: DataArguments,
): Promise<Tokenizer | undefined> {
  if (kind === undefined && vocabSize !== undefined) throw new UsageError("--vocab-size needs --tokenizer");
  if (kind === undefined) return undefined;
  return trainTokenizer(textsOf(corpus), { kind, ...(vocabSize !== undefined && { vocabSize }) });
}

async function* textsOf(corpus: Corpus): AsyncGenerator<string> {
  for await (const { text } of distinctDocuments(corpus.documents())) yield text;
}
