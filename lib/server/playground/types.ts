import type { OpenModel } from "../../core/types.js";

/** Rooms of the page, by their names in its address. */
export type RoomName = "next" | "generate" | "beams" | "chat" | "data" | "training";

/** One example as its file or its array has it. */
export type SampleRecord = Readonly<Record<string, unknown>>;

/** An array, or a .jsonl, .json, .csv or .tsv file. */
export type SampleRecords = readonly SampleRecord[] | string;

/** What an example means to a model. */
export interface SampleTexts {
  /** What is to be continued. */
  readonly prompt: string;
  /** The same where one token at a time is predicted, with none taken yet. Default: `prompt`. */
  readonly oneStep?: string;
  /** What is expected after it; without it nothing is measured. */
  readonly target?: string;
}

/** HTML of `safeHtml`, or of one's own making. It is shown without scripts and without requests. */
export interface SampleHtml {
  readonly html: string;
}

/** How an example looks: HTML, or a text, or fields by name, which are both shown as they are. */
export type SampleView = SampleHtml | string | Readonly<Record<string, string>>;

/** A set of examples of one's own. */
export interface PlaygroundCorpus {
  /** One set of records, or several by the names of their splits. Without names, the page keeps every tenth for validation. */
  readonly records: SampleRecords | Readonly<Record<string, SampleRecords>>;
  /** Default: its name. */
  readonly title?: string;
  readonly licence?: string;
  /** Draws an example. Default: its fields. */
  view?(record: SampleRecord): SampleView;
}

/** From an example to what a model reads and what is expected of it. It runs on the server. */
export type Template = { template(record: SampleRecord): SampleTexts }["template"];

/** A model by its name, as `openModel` takes it; one that is open, which stays its owner's; or how to open one. */
export type PlaygroundModel = string | OpenModel | (() => Promise<OpenModel>);

/** A room, with another title than its own. */
export interface PlaygroundRoom {
  readonly room: RoomName;
  readonly title: string;
}

export interface PlaygroundOptions {
  /** By the names that the page shows; a list is for models whose names are good enough. Default: the default model. */
  readonly models?: Readonly<Record<string, PlaygroundModel>> | readonly string[];
  /** By name. Default: the corpora that set-up brought. */
  readonly corpora?: Readonly<Record<string, PlaygroundCorpus>>;
  /** By the names that the data room shows. Default: templates are written on the page. */
  readonly templates?: Readonly<Record<string, Template>>;
  /** Which rooms there are, in order. Default: all. */
  readonly rooms?: readonly (RoomName | PlaygroundRoom)[];
  /** What the page is called. Default: Logitbook. */
  readonly title?: string;
  /** The folder that relative paths of records start from. Default: the process's working directory. */
  readonly folder?: string;
  /** The folder whose training runs are shown. Default: none are. */
  readonly runsFolder?: string;
  /** Default: one that is free. */
  readonly port?: number;
}

/** A playground that is being served. */
export interface Playground {
  /** Such as `http://127.0.0.1:41234`; only this machine reaches it. */
  readonly url: string;
  /** Ends it; models that were given open stay open. */
  close(): Promise<void>;
}
