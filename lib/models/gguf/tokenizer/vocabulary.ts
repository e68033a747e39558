import { ModelError } from "../../../core/errors.js";
import type { MetadataValue } from "../cursor.js";
import type { GgufFile } from "../reader.js";

/** What a token is, as `tokenizer.ggml.token_type` says (gguf.h, `llama_token_type`). */
const TOKEN_TYPE = { unknown: 2, control: 3, userDefined: 4 } as const;

/** A file's vocabulary, in the order of ids. */
export interface Vocabulary {
  readonly tokens: readonly string[];
  readonly types: readonly number[];
}

/** A token that is matched in the text before anything else, as tokenizer.json writes it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: false;
  readonly lstrip: false;
  readonly rstrip: false;
  readonly normalized: false;
  readonly special: boolean;
}

/** @throws ModelError if the file holds no vocabulary */
export function vocabulary(file: GgufFile): Vocabulary {
  const tokens = stringList(file, "tokenizer.ggml.tokens");
  const types = file.metadata.get("tokenizer.ggml.token_type");
  return { tokens, types: isList(types) ? types.map(Number) : tokens.map(() => 1) };
}

/** @throws ModelError if the key is missing or isn't a list of strings */
export function stringList(file: GgufFile, key: string): readonly string[] {
  const list = file.metadata.get(key);
  if (isList(list) && list.every(isString)) return list;
  throw new ModelError(
    file.name,
    `metadata \`${key}\` must be a list of strings; without it text can't be tokenized`,
  );
}

function isList(value: MetadataValue | undefined): value is readonly MetadataValue[] {
  return Array.isArray(value);
}

function isString(value: MetadataValue): value is string {
  return typeof value === "string";
}

/** Control, user-defined and unknown tokens; the others come out of the merges. */
export function addedTokens({ tokens, types }: Vocabulary): AddedToken[] {
  const kinds: readonly number[] = Object.values(TOKEN_TYPE);
  const ids = [...tokens.keys()].filter((id) => kinds.includes(types[id]));
  return ids.map((id) => ({
    id,
    content: tokens[id],
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: types[id] !== TOKEN_TYPE.userDefined,
  }));
}

/** The token of a role such as `bos`; undefined where the file names none. */
export function roleToken(file: GgufFile, { tokens }: Vocabulary, role: string): string | undefined {
  const id = file.metadata.get(`tokenizer.ggml.${role}_token_id`);
  return typeof id === "number" ? tokens[id] : undefined;
}
