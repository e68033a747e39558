import { createHash } from "node:crypto";
import { CorpusError, OptionError } from "../../core/errors.js";
import { type TrainedTokenizer, trainTokenizer } from "../../tokenizers/index.js";
import {
  type Batch,
  type Batches,
  type BatchPosition,
  contiguousStreams,
  documentCrops,
  encodeDocuments,
  fixedBatches,
  randomWindows,
  shuffledWindows,
  type TokenizedDocuments,
} from "../batches/index.js";
import { inSection } from "../config/inSection.js";
import type { RunConfig } from "../config/schema.js";
import { openCorpus, splitCorpus } from "../corpus/index.js";

/** A corpus, cut into tokens. */
export interface PreparedData {
  readonly tokenizer: TrainedTokenizer;
  readonly train: TokenizedDocuments;
  readonly validation: TokenizedDocuments;
  /** Hash of the training tokens. */
  readonly fingerprint: string;
}

/** How often a row of streams begins without its state where the configuration does not say. */
const RESTARTS = 0.05;

/**
 * Reads the corpus, splits it by the run's seed, trains the tokenizer on the training part if none is given, and
 * encodes both parts.
 * @throws CorpusError for a corpus that is missing, empty or too small
 */
export async function prepareData(
  { corpus: settings, tokenizer: wanted, training, seed }: Omit<RunConfig, "model">,
  given: TrainedTokenizer | undefined,
  signal: AbortSignal | undefined,
): Promise<PreparedData> {
  const { source, validation: share, ...reading } = settings;
  const corpus = await inSection("corpus", () =>
    openCorpus(source, { ...withoutNulls(reading), ...(signal && { signal }) }),
  );
  const parts = await splitCorpus(corpus, { validation: share, seed });
  const tokenizer =
    given ?? (await inSection("tokenizer", () => learnTokenizer(wanted, parts.train.texts(), source)));
  const train = await encodeDocuments(parts.train.texts(), tokenizer);
  if (!byDocument(training) && train.tokens.length <= training.length) {
    const leftOut =
      parts.duplicates > 0 ? `; it repeats ${parts.duplicates} documents, which count once` : "";
    throw new CorpusError(
      source,
      `its training part has ${train.tokens.length} tokens, too few for a row of ${training.length} and the token after ` +
        `it: lower training.length, or bring more text${leftOut}`,
    );
  }
  const validation = await encodeDocuments(parts.validation.texts(), tokenizer);
  const fingerprint = createHash("sha256").update(train.tokens).digest("hex");
  return { tokenizer, train, validation, fingerprint };
}

/** The training batches in the order that the config asks for, from a position on. */
export function trainingBatches(
  { training, seed }: Pick<RunConfig, "training" | "seed">,
  data: TokenizedDocuments,
  recurrent: boolean,
  from: BatchPosition | undefined,
): Batches {
  const { batchSize, length } = training;
  const options = { batchSize, length, seed, ...(from && { from }) };
  switch (cutOf(training, recurrent)) {
    case "streams":
      return contiguousStreams(data, { ...options, restarts: training.restarts ?? RESTARTS });
    case "shuffled":
      return shuffledWindows(data, options);
    case "documentStarts":
      return documentCrops(data, { ...options, crop: "start" });
    case "documentCrops":
      return documentCrops(data, { ...options, crop: "random" });
    default:
      return randomWindows(data, options);
  }
}

/**
 * The fixed validation batches, cut as training cuts its own. Where training reads streams, each row reads on through
 * its stretch of the validation text and its state is carried over, from an empty one; where training reads one window
 * of each document, the documents' beginnings; otherwise windows side by side of the whole validation text, drawn
 * once. Rows are fewer where the text has fewer.
 * @throws CorpusError if it has not even one window
 */
export function validationBatches(
  { training, corpus }: Pick<RunConfig, "training" | "corpus">,
  data: TokenizedDocuments,
  recurrent: boolean,
): Batch[] {
  const { length, validationBatches: count } = training;
  const crops = byDocument(training);
  const streams = cutOf(training, recurrent) === "streams";
  const rows = crops ? data.starts.length - 1 : Math.floor((data.tokens.length - 1) / length);
  if (rows < 1) {
    throw new CorpusError(
      corpus.source,
      `its validation part has ${data.tokens.length} tokens, less than a row of ${length}: ` +
        "lower training.length, or raise corpus.validation",
    );
  }
  const options = { batchSize: Math.min(training.batchSize, rows), length, seed: 0 };
  if (crops) return fixedBatches(documentCrops(data, { ...options, crop: "start" }), count);
  return fixedBatches(streams ? contiguousStreams(data, options) : shuffledWindows(data, options), count);
}

/** How batches are cut: as asked, or as suits the model. */
function cutOf({ batches }: RunConfig["training"], recurrent: boolean) {
  return batches ?? (recurrent ? "streams" : "random");
}

/** Whether batches read one window of each document, however short. */
function byDocument({ batches }: RunConfig["training"]): boolean {
  return batches === "documentStarts" || batches === "documentCrops";
}

async function learnTokenizer(
  wanted: RunConfig["tokenizer"],
  texts: AsyncIterable<string>,
  source: string,
): Promise<TrainedTokenizer> {
  try {
    return await trainTokenizer(texts, tokenizerOptions(wanted));
  } catch (error) {
    if (!(error instanceof OptionError && error.option === "texts")) throw error;
    const reason = `tokenizer.kind ${wanted.kind} takes ${error.expected}, and there are none: bring other text, or take another kind`;
    throw new CorpusError(source, reason, { cause: error });
  }
}

function tokenizerOptions({
  kind,
  ...options
}: RunConfig["tokenizer"]): Parameters<typeof trainTokenizer>[1] {
  if (kind === "given") throw new TypeError("a given tokenizer is opened, not trained");
  return { kind, ...withoutNulls(options) };
}

/** The fields that are set: in a configuration null stands for "as it comes". */
function withoutNulls<T extends object>(settings: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  const entries = Object.entries(settings).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as { [Key in keyof T]?: NonNullable<T[Key]> };
}
