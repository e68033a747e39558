import { ModelError } from "../../../core/errors.js";
import type { LlamaShape } from "../llama.js";
import type { GgufFile } from "../reader.js";
import { byteLevelParts, type TokenizerParts } from "./bytes.js";
import { sentencePieceParts } from "./pieces.js";
import { splitRule } from "./splits.js";
import { addedTokens, roleToken, type Vocabulary, vocabulary } from "./vocabulary.js";

/** The contents of the two files that describe a tokenizer to transformers and transformers.js. */
export interface TokenizerFiles {
  readonly tokenizer: Record<string, unknown>;
  readonly config: Record<string, unknown>;
}

/**
 * Writes down the tokenizer that the file carries in its metadata.
 * @throws ModelError for a kind of tokenizer that can't be expressed, named, or an incomplete one
 */
export function tokenizerFiles(file: GgufFile, shape: LlamaShape): TokenizerFiles {
  const words = vocabulary(file);
  const { parts, beginsText } = tokenizerKind(file, words);
  const addsBos = flag(file, "add_bos_token", beginsText);
  const addsEos = flag(file, "add_eos_token", false);
  const config = {
    tokenizer_class: "PreTrainedTokenizerFast",
    ...roles(file, words),
    add_bos_token: addsBos,
    add_eos_token: addsEos,
    clean_up_tokenization_spaces: false,
    // Generation goes on at the right end of a batch, so shorter texts are filled up on the left.
    padding_side: "left",
    model_max_length: shape.contextLength,
    chat_template: file.metadata.get("tokenizer.chat_template"),
  };
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: addedTokens(words),
    ...parts,
    post_processor: frame(
      words,
      addsBos ? roleToken(file, words, "bos") : undefined,
      addsEos ? roleToken(file, words, "eos") : undefined,
    ),
  };
  return { tokenizer, config };
}

function tokenizerKind(file: GgufFile, words: Vocabulary): { parts: TokenizerParts; beginsText: boolean } {
  const kind = file.metadata.get("tokenizer.ggml.model");
  if (kind === "gpt2") {
    const rule = splitRule(file.name, String(file.metadata.get("tokenizer.ggml.pre") ?? "default"));
    return { parts: byteLevelParts(file, words, rule), beginsText: rule.beginsText };
  }
  if (kind === "llama") return { parts: sentencePieceParts(file, words), beginsText: true };
  throw new ModelError(
    file.name,
    `tokenizer kind \`${String(kind)}\` isn't supported; supported are \`gpt2\` (byte-level BPE) and \`llama\` ` +
      "(SentencePiece BPE)",
  );
}

function flag(file: GgufFile, name: string, fallback: boolean): boolean {
  const value = file.metadata.get(`tokenizer.ggml.${name}`);
  return typeof value === "boolean" ? value : fallback;
}

const ROLES = { bos_token: "bos", eos_token: "eos", unk_token: "unknown", pad_token: "padding" } as const;

function roles(file: GgufFile, words: Vocabulary): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(ROLES).map(([name, role]) => [name, roleToken(file, words, role)]),
  );
}

/** The post-processor that sets the text between the tokens that begin and end it; null for none. */
function frame({ tokens }: Vocabulary, begin: string | undefined, end: string | undefined): unknown {
  const around = [begin, end].flatMap((token) => (token === undefined ? [] : [token]));
  if (around.length === 0) return null;
  const special = (token: string | undefined, type: number) =>
    token === undefined ? [] : [{ SpecialToken: { id: token, type_id: type } }];
  const text = (id: "A" | "B", type: number) => [
    ...special(begin, type),
    { Sequence: { id, type_id: type } },
    ...special(end, type),
  ];
  return {
    type: "TemplateProcessing",
    single: text("A", 0),
    pair: [...text("A", 0), ...text("B", 1)],
    special_tokens: Object.fromEntries(
      around.map((token) => [token, { id: token, ids: [tokens.indexOf(token)], tokens: [token] }]),
    ),
  };
}
