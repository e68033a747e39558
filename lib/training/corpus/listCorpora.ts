import { stat } from "node:fs/promises";
import path from "node:path";
import { corporaDirectory } from "./corporaDirectory.js";
import { namedCorpora } from "./named.js";
import { IMDB } from "./openCorpus.js";

/** A corpus that `openCorpus` knows by name. */
export interface CorpusEntry {
  readonly name: string;
  readonly title: string;
  readonly licence: string;
  /** Bytes on disk; undefined where it is not here. */
  readonly size: number | undefined;
}

/** Lists the corpora that open by name, whether they are here or not. */
export async function listCorpora(): Promise<CorpusEntry[]> {
  const here = namedCorpora.map(async ({ name, title, licence, files }) => ({
    name,
    title,
    licence,
    size: await sizeOf(files.map((file) => path.join(corporaDirectory(), name, file))),
  }));
  const imdb = {
    name: IMDB,
    title: "50,000 IMDB reviews, from the archive that you have",
    licence: "reviews are their authors' own",
    size: undefined,
  };
  return [...(await Promise.all(here)), imdb];
}

async function sizeOf(files: readonly string[]): Promise<number | undefined> {
  let size = 0;
  for (const file of files) {
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) return undefined;
    size += found.size;
  }
  return size;
}
