import type { TracedToken, TraceStep } from "../../decoding/index.js";
import type { PageFacts } from "../playground/rooms.js";
import type { SampleTexts, SampleView } from "../playground/types.js";

/** One picked token: what the chain and the model thought of it. */
export interface PathStep {
  readonly token: TracedToken;
  /** Under the processed distribution, in nats; null where the chain had ruled it out. */
  readonly logProb: number | null;
  /** 1 for the model's likeliest; null where the model itself ruled it out. */
  readonly rank: number | null;
  /** Of the model's distribution, and of the processed one, in nats. */
  readonly entropy: number;
  readonly processedEntropy: number;
}

/** Where a path has led, and what the recipe would do now. */
export interface NextAnswer {
  readonly prompt: readonly TracedToken[];
  readonly path: readonly PathStep[];
  /** Null where the path has come to its end. */
  readonly next: TraceStep | null;
  readonly milliseconds: number;
}

/** A token of a target, and what the model thought of it. */
export interface ScoredToken extends TracedToken {
  /** In nats. */
  readonly logProb: number;
  /** 1 for the model's likeliest. */
  readonly rank: number;
}

export interface ScoreAnswer {
  readonly prompt: readonly TracedToken[];
  readonly target: readonly ScoredToken[];
  /** Of the whole target, in nats. */
  readonly logProb: number;
  /** exp(-logProb / tokens): among how many equally likely tokens the model would have had to choose on average. */
  readonly perplexity: number;
}

/** A set of examples that the data room offers. */
export interface SampleSetFacts {
  readonly name: string;
  readonly title: string;
  /** Empty where nothing is said of it. */
  readonly licence: string;
  /** The names of its parts, if it comes in parts. */
  readonly splits?: readonly string[];
}

/** What the page is called, its rooms, and whether the server asks engines elsewhere for it. */
export interface PageAnswer extends PageFacts {
  readonly remoteEngines: boolean;
}

/** An example, such as a document of a corpus. */
export interface SampleAnswer {
  /** How many there are in its split, repeated and empty ones aside. */
  readonly count: number;
  readonly index: number;
  readonly fields: Readonly<Record<string, string>>;
  /** What each template of the server makes of it. */
  readonly texts?: Readonly<Record<string, Required<SampleTexts>>>;
  /** How it is to be drawn; without it by its fields. */
  readonly view?: SampleView;
}

/** A training run, as the page draws it. */
export interface RunAnswer {
  readonly name: string;
  readonly architecture: string;
  readonly tokenizer: string;
  readonly corpus: string;
  readonly checkpoints: readonly number[];
  /** Validation in nats per token and bits per character. */
  readonly curve: readonly {
    readonly step: number;
    readonly loss: number;
    readonly bitsPerCharacter?: number;
  }[];
  /** The loss of the training batches, thinned to a few hundred points. */
  readonly training: readonly { readonly step: number; readonly loss: number }[];
  readonly samples: readonly { readonly step: number; readonly name: string; readonly text: string }[];
}
