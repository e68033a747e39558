import { createHash } from "node:crypto";
import { CorpusError } from "../../core/errors.js";
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
  const corpus = await openCorpus(source, { ...withoutNulls(reading), ...(signal && { signal }) });
  const parts = await splitCorpus(corpus, { validation: share, seed });
  const tokenizer = given ?? (await trainTokenizer(parts.train.texts(), tokenizerOptions(wanted)));
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
  switch (training.batches ?? (recurrent ? "streams" : "random")) {
    case "streams":
      return contiguousStreams(data, options);
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
 * The fixed validation batches: windows side by side of the whole validation text, drawn once; where training reads
 * one window of each document, the documents' beginnings. Rows are fewer where the text has fewer.
 * @throws CorpusError if it has not even one window
 */
export function validationBatches(
  { training, corpus }: Pick<RunConfig, "training" | "corpus">,
  data: TokenizedDocuments,
): Batch[] {
  const { length, validationBatches: count } = training;
  const crops = byDocument(training);
  const rows = crops ? data.starts.length - 1 : Math.floor((data.tokens.length - 1) / length);
  if (rows < 1) {
    throw new CorpusError(
      corpus.source,
      `its validation part has ${data.tokens.length} tokens, less than a row of ${length}: ` +
        "lower training.length, or raise corpus.validation",
    );
  }
  const options = { batchSize: Math.min(training.batchSize, rows), length, seed: 0 };
  const source = crops ? documentCrops(data, { ...options, crop: "start" }) : shuffledWindows(data, options);
  return fixedBatches(source, count);
}

/** Whether batches read one window of each document, however short. */
function byDocument({ batches }: RunConfig["training"]): boolean {
  return batches === "documentStarts" || batches === "documentCrops";
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
