import { stat } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { OptionError, TokenizerError } from "../../core/errors.js";
import { bpeTokenizer } from "../bpe/bpeTokenizer.js";
import { charTokenizer } from "../char/charTokenizer.js";
import type { TrainedTokenizer } from "../trained.js";
import { wordTokenizer } from "../word/wordTokenizer.js";
import type { TokenizerJson } from "./format.js";
import { endOf, mergesOf, specialOf, type TokenizerConfig, tokensOf } from "./read.js";
import { readJson } from "./readJson.js";
import { CONFIG_FILE, TOKENIZER_FILE } from "./save.js";

/**
 * Opens a tokenizer from its `tokenizer.json`, or from the folder that holds it: those that were trained here, and
 * byte-level BPE with GPT-2's rules from elsewhere.
 * @throws TokenizerError if it is missing, broken, or has rules that are not known here
 */
export async function openTokenizer(location: string): Promise<TrainedTokenizer> {
  const file = await fileOf(location);
  const json = (await readJson(file)) as TokenizerJson;
  const config = (await readJson(path.join(path.dirname(file), CONFIG_FILE), {})) as TokenizerConfig;
  let tokenizer: TrainedTokenizer;
  try {
    tokenizer = build(json, config);
  } catch (error) {
    if (error instanceof OptionError || error instanceof TypeError) {
      throw new TokenizerError(file, `is not a valid tokenizer: ${error.message}`, { cause: error });
    }
    throw error;
  }
  assertSameRules(file, json, tokenizer.toJSON());
  return tokenizer;
}

function build(json: TokenizerJson, config: TokenizerConfig): TrainedTokenizer {
  const tokens = tokensOf(json);
  if (json.model.type === "BPE") {
    const special = specialOf(json);
    return bpeTokenizer({ tokens, merges: mergesOf(json), special, end: endOf(special, config) });
  }
  if (json.model.type !== "WordLevel") {
    throw new OptionError("model.type", json.model.type, "BPE or WordLevel");
  }
  const own = tokens.slice(2);
  return json.normalizer === null ? charTokenizer(own) : wordTokenizer(own.map((token) => token.slice(1)));
}

/** What may stand there beside what is written here, and means the same. */
const same: readonly (readonly [part: keyof TokenizerJson, accepts: (json: TokenizerJson) => boolean])[] = [
  // GPT-2's own way to ask for its rules.
  ["pre_tokenizer", ({ pre_tokenizer: given }) => isGpt2(given)],
  // Says how ids are printed or framed, not how text is cut.
  ["post_processor", ({ post_processor: given }) => given?.type === "ByteLevel"],
  ["decoder", ({ decoder: given, model }) => model.type === "BPE" && given?.type === "ByteLevel"],
];

function isGpt2(given: TokenizerJson["pre_tokenizer"]): boolean {
  return given?.type === "ByteLevel" && given.add_prefix_space === false && given.use_regex !== false;
}

/** Every rule of the file must be one that the tokenizer follows. */
function assertSameRules(file: string, given: TokenizerJson, ours: TokenizerJson): void {
  for (const part of ["normalizer", "pre_tokenizer", "post_processor", "decoder"] as const) {
    if (isDeepStrictEqual(given[part] ?? null, ours[part])) continue;
    if (same.some(([name, accepts]) => name === part && accepts(given))) continue;
    const type = given[part]?.type ?? "none";
    throw new TokenizerError(
      file,
      `its ${part} (${type}) is not one that is known here; tokenizers trained here and GPT-2's are`,
    );
  }
  const { type, vocab: _, merges: __, unk_token, ...rules } = given.model;
  if (rules.dropout || rules.ignore_merges === true || rules.byte_fallback === true) {
    throw new TokenizerError(file, `its ${type} model asks for dropout, ignore_merges or byte_fallback`);
  }
  if (type === "WordLevel" && unk_token !== ours.model.unk_token) {
    throw new TokenizerError(file, `its unknown token must be ${JSON.stringify(ours.model.unk_token)}`);
  }
}

async function fileOf(location: string): Promise<string> {
  const found = await stat(location).catch(() => undefined);
  if (found === undefined) throw new TokenizerError(location, "there is no such file or folder");
  return found.isDirectory() ? path.join(location, TOKENIZER_FILE) : location;
}
