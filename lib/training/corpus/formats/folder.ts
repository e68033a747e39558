import { readdir } from "node:fs/promises";
import path from "node:path";
import { CorpusError } from "../../../core/errors.js";
import type { CorpusDocument, ReadOptions } from "../types.js";
import { formatOf, TEXT_FILE } from "./file.js";

/** The text files of a folder and those below it, in the order of their paths. Hidden ones are passed over. */
export async function* folderDocuments(folder: string, options: ReadOptions): AsyncGenerator<CorpusDocument> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !path
          .relative(folder, file)
          .split(path.sep)
          .some((part) => part.startsWith(".")),
    );
  const texts = files.filter((file) => TEXT_FILE.test(file)).sort();
  if (texts.length === 0) {
    const others = files.slice(0, 3).map((file) => path.relative(folder, file));
    const found = others.length === 0 ? "is empty" : `holds ${others.join(", ")}, but no text`;
    throw new CorpusError(folder, `the folder ${found} (.txt, .md, .csv, .tsv or .jsonl, also .gz)`);
  }
  for (const file of texts) yield* formatOf(file, options)(file, options);
}
