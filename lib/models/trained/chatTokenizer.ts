import { existsSync } from "node:fs";
import path from "node:path";
import type { ChatTokenizer, Tokenizer } from "../../core/types.js";
import { chatWriter } from "../../tokenizers/chat.js";
import { readChatTemplate } from "../../tokenizers/file/chatTemplate.js";
import type { ChatTemplate } from "../../tokenizers/file/read.js";
import { readJson } from "../pretrained/facts.js";
import { loadTokenizer } from "../pretrained/loadTokenizer.js";
import { isRun } from "./checkpointFolders.js";

const GENERATION_FILE = "generation_config.json";

/**
 * The tokenizer of a model that was trained, with its chat template where it has one. With a template, generation also
 * ends where `generation_config.json` says.
 * @throws TokenizerError for a template that can't be read
 */
export async function withChatTemplate(
  name: string,
  directory: string,
  tokenizer: Tokenizer,
): Promise<Tokenizer | ChatTokenizer> {
  const template = await trainedTemplate(directory);
  if (template === undefined) return tokenizer;
  // Templates run in the engine of transformers.js, whose tokenizer has the same ids.
  const files = { hubUrl: undefined, revision: "main", cacheDirectory: directory, offline: true };
  const source = await loadTokenizer(name, directory, files, undefined, template);
  const endTokens = [...new Set([...tokenizer.endTokens, ...(await generationEnds(name, directory))])];
  return { ...tokenizer, endTokens, ...chatWriter(source, endTokens) };
}

/** Where Python's generation stops: a turn may end with another token than a text. */
async function generationEnds(name: string, directory: string): Promise<number[]> {
  if (!existsSync(path.join(directory, GENERATION_FILE))) return [];
  const { eos_token_id: end } = await readJson(name, directory, GENERATION_FILE);
  return [end ?? []].flat().map(Number);
}

/**
 * The chat template of a model that was trained: in its own folder, or, for a checkpoint, in that of its run.
 * @throws TokenizerError for one that can't be read
 */
export async function trainedTemplate(directory: string): Promise<ChatTemplate | undefined> {
  const run = path.resolve(directory, "../..");
  return (await readChatTemplate(directory)) ?? (isRun(run) ? readChatTemplate(run) : undefined);
}
