import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { CorpusError, OptionError } from "../../core/errors.js";
import { nearestName } from "../../core/nearest.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import { corporaDirectory } from "./corporaDirectory.js";
import { type DownloadOptions, downloaded, isAddress } from "./download.js";
import { formatOf } from "./formats/file.js";
import { folderDocuments } from "./formats/folder.js";
import { imdbDocuments } from "./imdb/imdb.js";
import { type NamedCorpus, namedCorpora } from "./named.js";
import type { Corpus, ReadOptions } from "./types.js";

export interface CorpusOptions extends ReadOptions, DownloadOptions {
  /** `imdb` only: path or address of `aclImdb_v1.tar.gz`, or the folder that it unpacks to. */
  readonly archive?: string;
}

const names: OptionNames<CorpusOptions> = {
  unit: true,
  column: true,
  encoding: true,
  archive: true,
  signal: true,
  onProgress: true,
};

/** The name that opens the IMDB reviews. */
export const IMDB = "imdb";

/**
 * Opens texts to train on.
 *
 *     await openCorpus("moby-dick");
 *     await openCorpus("reviews.csv", { column: "review" });
 *     await openCorpus("notes/", { unit: "paragraph" });
 *     await openCorpus("imdb", { archive: "aclImdb_v1.tar.gz" });
 *
 * @param source a name (`movie-reviews`, `moby-dick`, `names`, `imdb`), a file, a folder or an address. Files are read
 * by their names: `.csv`, `.tsv` and `.jsonl` as tables, all others as plain text, each also with `.gz` behind it
 * @throws CorpusError if there is nothing of that name, or it can't be fetched; OptionError for options it doesn't have
 */
export async function openCorpus(source: string, options: CorpusOptions = {}): Promise<Corpus> {
  assertKnownOptions(options, names);
  const { archive, signal, onProgress, ...reading } = options;
  const download = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  if (source === IMDB) return openImdb(archive, reading, download);
  if (archive !== undefined) throw new OptionError("archive", archive, `left out: it is for ${IMDB}`);
  const named = namedCorpora.find(({ name }) => name === source);
  if (named) return openNamed(named, reading);
  const file = isAddress(source) ? await downloaded(source, download) : source;
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) throw unknown(source);
  const read = found.isDirectory() ? folderDocuments : formatOf(file, reading);
  return {
    name: source,
    title: path.basename(file),
    licence: undefined,
    source: path.resolve(file),
    documents: () => read(file, reading),
  };
}

function openNamed(corpus: NamedCorpus, reading: ReadOptions): Corpus {
  assertNone(reading, corpus.name);
  const folder = path.join(corporaDirectory(), corpus.name);
  const files = corpus.files.map((file) => path.join(folder, file));
  if (!files.every((file) => existsSync(file))) {
    throw new CorpusError(
      corpus.name,
      `it is not in ${folder} yet: run \`npm run setup\` in the repository, or name the folder that has it in the environment variable LOGITBOOK_CORPORA`,
    );
  }
  const { name, title, licence } = corpus;
  return { name, title, licence, source: folder, documents: () => corpus.read(files) };
}

async function openImdb(
  archive: string | undefined,
  reading: ReadOptions,
  download: DownloadOptions,
): Promise<Corpus> {
  assertNone(reading, IMDB);
  if (archive === undefined) {
    throw new OptionError("archive", archive, "the path or address of aclImdb_v1.tar.gz or its folder");
  }
  const location = isAddress(archive) ? await downloaded(archive, download) : archive;
  if (!existsSync(location)) throw new CorpusError(IMDB, `there is no file or folder ${location}`);
  return {
    name: IMDB,
    title: "Large movie review dataset (Maas et al. 2011)",
    licence: "reviews are their authors' own; for research, please cite the paper",
    source: path.resolve(location),
    documents: () => imdbDocuments(location),
  };
}

function assertNone(reading: ReadOptions, name: string): void {
  const given = Object.entries(reading).find(([, value]) => value !== undefined);
  if (given) throw new OptionError(given[0], given[1], `left out: \`${name}\` knows how it is read`);
}

function unknown(source: string): CorpusError {
  const [, scheme] = /^([a-z][\w+.-]*):\/\//i.exec(source) ?? [];
  if (scheme) return new CorpusError(source, `an address begins with http:// or https://, not ${scheme}://`);
  const names = [...namedCorpora.map(({ name }) => name), IMDB];
  const meant = nearestName(source, names);
  const ask = meant === undefined ? "" : `; did you mean ${meant}?`;
  const reason = `there is no such file or folder, and no corpus of that name (${names.join(", ")})${ask}`;
  return new CorpusError(source, reason);
}
