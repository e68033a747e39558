import { CorpusError } from "../../core/errors.js";
import { plainDocuments } from "./formats/plain.js";
import { readBytes } from "./read/bytes.js";
import { linesOf } from "./read/lines.js";
import { decodeText } from "./read/text.js";
import type { CorpusDocument } from "./types.js";

/** A corpus that set-up brings. */
export interface NamedCorpus {
  readonly name: string;
  readonly title: string;
  readonly licence: string;
  /** Its files, in its folder. */
  readonly files: readonly string[];
  /** @param files their paths, in the order of `files` */
  read(files: readonly string[]): AsyncGenerator<CorpusDocument>;
}

export const namedCorpora: readonly NamedCorpus[] = [
  {
    name: "movie-reviews",
    title: "10,605 snippets of film reviews",
    licence: "texts are the critics' own, collection MIT; see data/README.md",
    files: ["movie-reviews.tsv"],
    read: ([file = ""]) => movieReviews(file),
  },
  {
    name: "moby-dick",
    title: "Herman Melville, Moby-Dick; or, The Whale (1851)",
    licence: "CC0-1.0",
    files: ["moby-dick.txt"],
    read: ([file = ""]) => plainDocuments(file, {}),
  },
  {
    name: "names",
    title: "English first names",
    licence: "CC0-1.0",
    files: ["female.txt", "male.txt"],
    read: ([female = "", male = ""]) => firstNames({ female, male }),
  },
];

/** Each line has an id, a mean rating from -4 to 4 and the text, in which two single quotes stand for a double one. */
async function* movieReviews(file: string): AsyncGenerator<CorpusDocument> {
  for await (const { text: line, number } of linesOf(decodeText(readBytes(file), file))) {
    const [, rating, text] = line.split("\t");
    if (text === undefined) throw new CorpusError(`${file}:${number}`, "it has not three columns");
    const label = Number(rating) > 0 ? "positive" : Number(rating) < 0 ? "negative" : "neutral";
    yield { text: text.trim().replaceAll("''", '"'), name: `${file}:${number}`, label };
  }
}

async function* firstNames(files: Readonly<Record<string, string>>): AsyncGenerator<CorpusDocument> {
  for (const [label, file] of Object.entries(files)) {
    for await (const document of plainDocuments(file, { unit: "line" })) yield { ...document, label };
  }
}
