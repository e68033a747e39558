import { z } from "zod";
import type { ConfigSchema } from "../../decoding/index.js";
import { closedObject, countField, nameField, toZod } from "../../decoding/schema.js";
import { type ModelSettings, modelSchema } from "./modelSchema.js";
import { type SamplingConfig, samplingSchema } from "./samplingSchema.js";
import { type TrainingSettings, trainingSchema } from "./trainingSchema.js";

export interface CorpusSettings {
  /** A corpus by name, a file, a folder or a URL. */
  readonly source: string;
  /** Where texts stand in a table (CSV, TSV, JSONL); null for the reader's own choice. */
  readonly column: string | null;
  /** What counts as a document of a plain text; null for the whole file. */
  readonly unit: "file" | "line" | "paragraph" | null;
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be" | "latin1" | null;
  /** Only for `imdb`: path or address of its archive. */
  readonly archive: string | null;
  /** Share of the documents that validation keeps. */
  readonly validation: number;
}

export interface TokenizerSettings {
  /** `given` is the tokenizer that a given model brings. */
  readonly kind: "char" | "word" | "bpe" | "given";
  /** Most tokens; null for the kind's default. */
  readonly vocabSize: number | null;
  /** Rarer words or pairs are left out; null for the kind's default. */
  readonly minFrequency: number | null;
}

/** A training run as data, every default filled in. */
export interface RunConfig {
  /** Folder of the run. */
  readonly out: string;
  readonly seed: number;
  readonly backend: "auto" | "native" | "wasm" | "cpu";
  readonly corpus: CorpusSettings;
  readonly tokenizer: TokenizerSettings;
  readonly model: ModelSettings;
  readonly training: TrainingSettings;
  readonly sampling: SamplingConfig;
}

const place = { error: "a text that is not empty" };
const share = { error: "a number above 0 and below 1" };

const corpusSchema = closedObject({
  source: z.string(place).min(1, place).describe("A corpus by name, a file, a folder or a URL."),
  column: z
    .string(place)
    .min(1, place)
    .nullable()
    .default(null)
    .describe("Where texts stand in a table; null: found by its name."),
  unit: nameField(["file", "line", "paragraph"])
    .nullable()
    .default(null)
    .describe("What counts as a document of a plain text; null: the whole file."),
  encoding: nameField(["utf-8", "utf-16le", "utf-16be", "latin1"])
    .nullable()
    .default(null)
    .describe("null: UTF-8, or what the byte-order mark says."),
  archive: z
    .string(place)
    .min(1, place)
    .nullable()
    .default(null)
    .describe("Only for imdb: path or address of aclImdb_v1.tar.gz."),
  validation: z
    .number(share)
    .gt(0, share)
    .lt(1, share)
    .default(0.1)
    .describe("Share of the text that is kept for validation."),
});

const tokenizerSchema = closedObject({
  kind: nameField(["char", "word", "bpe", "given"])
    .default("char")
    .describe("How text is cut into tokens; given: as the given model's tokenizer does."),
  vocabSize: countField(3)
    .nullable()
    .default(null)
    .describe("Most tokens, for bpe (from 257) and word; null: 1,024 for bpe, all words for word."),
  minFrequency: countField(1)
    .nullable()
    .default(null)
    .describe("Rarer pairs (bpe) or words are left out; null: 2 for bpe, 1 for word."),
});

const schema = closedObject({
  out: z.string(place).min(1, place).describe("Folder of the run."),
  seed: countField(0).default(1).describe("Decides weights, order of the data, dropout and samples."),
  backend: nameField(["auto", "native", "wasm", "cpu"]).default("auto").describe("What computes."),
  corpus: corpusSchema,
  tokenizer: tokenizerSchema.prefault({}),
  model: toZod(modelSchema).prefault({ architecture: "gpt2" }),
  training: trainingSchema.prefault({}),
  sampling: toZod(samplingSchema).prefault({}),
});

/** The rules of a run's configuration, with the meaning and default of each field. */
export const runConfigSchema = schema as unknown as ConfigSchema<RunConfig>;
