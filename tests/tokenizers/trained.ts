import { readFile } from "node:fs/promises";
import { type TokenizerKind, type TrainedTokenizer, trainTokenizer } from "../../lib/tokenizers/index.js";
import { golden } from "../support/folders.js";

export const kinds: readonly TokenizerKind[] = ["char", "word", "bpe"];

/** Reads a recording of tests/golden/tokenizers. */
export async function recorded<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(golden("tokenizers", name), "utf8")) as T;
}

/** Trained anew on the texts of the recordings, with their options. */
export async function trainedOnTexts(kind: TokenizerKind): Promise<TrainedTokenizer> {
  const options = await recorded<Record<TokenizerKind, object>>("options.json");
  return trainTokenizer(await recorded<string[]>("texts.json"), { kind, ...options[kind] });
}
