/** One text of a corpus. */
export interface CorpusDocument {
  readonly text: string;
  /** Where it comes from, such as `reviews.csv:12`. */
  readonly name: string;
  /** What the corpus says of it, such as `positive`. */
  readonly label?: string;
  /** The part that its publishers put it in. */
  readonly part?: "train" | "test";
}

/** A source of documents. They are read anew, in a stream, each time they are asked for. */
export interface Corpus {
  /** What it was opened by. */
  readonly name: string;
  readonly title: string;
  /** Under which terms it may be used, if known. */
  readonly licence: string | undefined;
  /** The file, folder or address that it is read from. */
  readonly source: string;
  /** Every document as it stands, empty and repeated ones too. Stop iterating to stop reading. */
  documents(): AsyncGenerator<CorpusDocument>;
}

export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be" | "latin1";

/** What counts as a document of a plain text. */
export type DocumentUnit = "file" | "line" | "paragraph";

/** How a file of text is read. */
export interface ReadOptions {
  /** Plain text: what a document is. Default `file`. */
  readonly unit?: DocumentUnit;
  /** CSV, TSV and JSONL: the column that holds the text. Default `text`. */
  readonly column?: string;
  /** Default: UTF-8, or UTF-16 where the file begins with its byte-order mark. */
  readonly encoding?: TextEncoding;
}
