import { CorpusError, OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import { permutation, randomAt } from "../batches/draws.js";
import { documentSieve, type Tally } from "./distinct.js";
import type { Corpus, CorpusDocument } from "./types.js";

export interface SplitOptions {
  /** Share of the documents that validation gets, from 0 to below 1. Default 0.1. */
  readonly validation?: number;
  /** Share that is kept for a last test. Default 0. Left out where the corpus has a test part as published. */
  readonly test?: number;
  /** Which documents those are. A whole number from 0; default 0. */
  readonly seed?: number;
}

const names: OptionNames<SplitOptions> = { validation: true, test: true, seed: true };

/** A part of a corpus. */
export interface CorpusPart {
  readonly documents: number;
  /** The texts, read anew in a stream each time they are asked for. */
  texts(): AsyncGenerator<string>;
}

export interface CorpusSplit extends Readonly<Tally> {
  readonly train: CorpusPart;
  readonly validation: CorpusPart;
  readonly test: CorpusPart;
}

const parts = ["train", "validation", "test"] as const;
type Part = (typeof parts)[number];

/** A document that is neither empty nor repeated. */
interface Kept extends Pick<CorpusDocument, "part"> {
  /** Its place among all. */
  readonly index: number;
}

/** What is known of each document after the first reading: its part, or that it is passed over. */
type Plan = readonly (Part | undefined)[];

/**
 * Splits a corpus by document, at random as the seed says; empty and repeated documents are passed over and counted.
 * What its publishers set apart as test stays the test. A corpus of a single document is cut in two or three: training
 * has its beginning, validation what follows, the test its end. The corpus is read once to plan, and once for each
 * part that is asked for; no text is held.
 * @throws CorpusError for a corpus without text, or too small for its parts; OptionError for shares out of range
 */
export async function splitCorpus(corpus: Corpus, options: SplitOptions = {}): Promise<CorpusSplit> {
  assertKnownOptions(options, names);
  const { validation = 0.1, test = 0, seed = 0 } = options;
  for (const [option, share] of Object.entries({ validation, test })) {
    if (!(share >= 0 && share < 1)) throw new OptionError(option, share, "a share from 0 to below 1");
  }
  if (validation + test >= 1) {
    throw new OptionError("validation", validation, `below ${1 - test}, so that training has a share`);
  }
  const sieve = documentSieve();
  const kept: Kept[] = [];
  // Only a corpus of one document is split by its text.
  let only = "";
  let index = 0;
  for await (const { text, part } of corpus.documents()) {
    if (sieve.standing(text) === "new") {
      kept.push({ index, ...(part && { part }) });
      only = kept.length === 1 ? text : "";
    }
    index++;
  }
  if (kept.length === 0) throw new CorpusError(corpus.name, "it is empty: there is no document with text");
  const shares = { validation, test };
  if (kept.length === 1) return { ...cutText(corpus, only, shares), ...sieve.tally };
  const plan = planParts(corpus, kept, shares, seed);
  const count = (part: Part) => plan.filter((given) => given === part).length;
  const open = (part: Part) => ({ documents: count(part), texts: () => textsOf(corpus, plan, part) });
  return { train: open("train"), validation: open("validation"), test: open("test"), ...sieve.tally };
}

type Shares = Readonly<Record<"validation" | "test", number>>;

function planParts(corpus: Corpus, kept: readonly Kept[], { validation, test }: Shares, seed: number): Plan {
  const plan: (Part | undefined)[] = [];
  const published = kept.filter((document) => document.part === "test");
  if (published.length > 0 && test > 0) {
    throw new OptionError("test", test, `left out: ${corpus.name} has a test part as published`);
  }
  for (const { index } of published) plan[index] = "test";
  const rest = kept.filter((document) => document.part !== "test");
  const size = (share: number) => (share === 0 ? 0 : Math.max(1, Math.round(rest.length * share)));
  const [forValidation, forTest] = [size(validation), size(test)];
  if (forValidation + forTest >= rest.length) {
    throw new CorpusError(
      corpus.name,
      `its ${rest.length} documents are too few to split: bring more, or lower the shares that are kept`,
    );
  }
  const order = permutation(rest.length, randomAt(seed));
  for (const [position, document] of order.entries()) {
    const part =
      position < forValidation ? "validation" : position < forValidation + forTest ? "test" : "train";
    plan[rest[document].index] = part;
  }
  return plan;
}

async function* textsOf(corpus: Corpus, plan: Plan, part: Part): AsyncGenerator<string> {
  let index = 0;
  for await (const { text } of corpus.documents()) if (plan[index++] === part) yield text;
}

/** Cuts a single text where the shares say, never within a pair of surrogates. */
function cutText(corpus: Corpus, text: string, { validation, test }: Shares): Pick<CorpusSplit, Part> {
  const at = (share: number) => {
    const place = Math.floor(text.length * share);
    return place > 0 && /[\uD800-\uDBFF]/.test(text[place - 1]) ? place - 1 : place;
  };
  const [toTrain, toValidation] = [at(1 - validation - test), at(1 - test)];
  const pieces = {
    train: [0, toTrain],
    validation: [toTrain, toValidation],
    test: [toValidation, text.length],
  };
  const wanted = { train: true, validation: validation > 0, test: test > 0 };
  if (parts.some((part) => wanted[part] && pieces[part][0] === pieces[part][1])) {
    throw new CorpusError(
      corpus.name,
      `its one document, ${text.length === 1 ? "a single character" : `${text.length} characters`}, is too short to split: bring more text`,
    );
  }
  const open = (part: Part): CorpusPart => ({
    documents: wanted[part] ? 1 : 0,
    async *texts() {
      if (wanted[part]) yield text.slice(...pieces[part]);
    },
  });
  return { train: open("train"), validation: open("validation"), test: open("test") };
}
