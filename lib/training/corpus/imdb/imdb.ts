import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { CorpusError } from "../../../core/errors.js";
import { readBytes } from "../read/bytes.js";
import { decodeText } from "../read/text.js";
import type { CorpusDocument } from "../types.js";
import { type TarFile, tarFiles } from "./tar.js";

/** The reviews that have a label: 12,500 for each part and label. Those in `train/unsup` have none. */
const REVIEW = /(?:^|\/)(train|test)\/(pos|neg)\/\d+_\d+\.txt$/;

/**
 * The IMDB reviews of Maas et al. (2011) as published, from `aclImdb_v1.tar.gz` or the folder that it unpacks to: 25,000
 * for training and 25,000 for testing, half of each positive. Texts stand as they are, `<br />` included.
 */
export async function* imdbDocuments(location: string): AsyncGenerator<CorpusDocument> {
  const isFolder = (await stat(location)).isDirectory();
  const files = isFolder
    ? folderFiles(location)
    : tarFiles(readBytes(location), location, (path) => REVIEW.test(path));
  let found = false;
  for await (const { path: name, bytes } of files) {
    const [, part, label] = REVIEW.exec(name) ?? [];
    const text = await textOf(bytes, name);
    yield {
      text,
      name,
      label: label === "pos" ? "positive" : "negative",
      part: part as "train" | "test",
    };
    found = true;
  }
  if (!found) {
    throw new CorpusError(
      location,
      "it holds no reviews: train/pos/0_9.txt and the like are expected, as in aclImdb_v1.tar.gz",
    );
  }
}

async function* folderFiles(folder: string): AsyncGenerator<TarFile> {
  const names = await readdir(folder, { recursive: true });
  const paths = names.map((name) => name.split(path.sep).join("/")).sort();
  for (const name of paths.filter((name) => REVIEW.test(name))) {
    yield { path: name, bytes: await readFile(path.join(folder, name)) };
  }
}

async function textOf(bytes: Uint8Array, name: string): Promise<string> {
  const chunks = (async function* () {
    yield bytes;
  })();
  let text = "";
  for await (const piece of decodeText(chunks, name)) text += piece;
  return text;
}
