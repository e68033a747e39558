import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { type CorpusOptions, openCorpus } from "../../../lib/training/corpus/index.js";

/** Writes a file, with the folders above it. */
export async function place(root: string, name: string, content: string | Uint8Array): Promise<string> {
  const file = path.join(root, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

/** The texts of a corpus as they stand. */
export async function textsOf(source: string, options?: CorpusOptions): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of (await openCorpus(source, options)).documents()) texts.push(text);
  return texts;
}
