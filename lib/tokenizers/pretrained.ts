import type { ChatTokenizer, Tokenizer, Tokens } from "../core/types.js";
import { chatWriter } from "./chat.js";
import type { HubTokenizer, HubTokenizerJson } from "./hubTokenizer.js";
import { byteLevelBytes, metaspaceBytes } from "./tokenBytes.js";

/**
 * A tokenizer as transformers.js loads it, with its chat template where it has one.
 * @param endTokens ids at which the model's generation ends
 */
export function pretrainedTokenizer(
  source: HubTokenizer,
  endTokens: readonly number[],
): Tokenizer | ChatTokenizer {
  const added = new Map((source._tokenizerJSON.added_tokens ?? []).map((token) => [token.id, token]));
  const special = new Set(source.all_special_ids);
  for (const token of added.values()) if (token.special) special.add(token.id);
  const strings: string[] = [];
  for (const [text, id] of source.get_vocab()) strings[id] = text;
  const spelled = isByteLevel(source._tokenizerJSON) ? byteLevelBytes : metaspaceBytes;
  return {
    vocabSize: strings.length,
    endTokens,
    encode: (text) => (text === "" ? [] : source.encode(text, { add_special_tokens: false })),
    decode: (tokens: Tokens) => decode(source, tokens),
    tokenBytes: (token) => {
      const plain = added.get(token)?.content;
      return plain === undefined ? spelled(strings[token] ?? "") : new TextEncoder().encode(plain);
    },
    isSpecial: (token) => special.has(token),
    ...(source.chat_template ? chatWriter(source, endTokens) : {}),
  };
}

function decode(source: HubTokenizer, tokens: Tokens): string {
  if (tokens.length === 0) return "";
  return source.decode([...tokens], { skip_special_tokens: false, clean_up_tokenization_spaces: false });
}

function isByteLevel({ decoder }: HubTokenizerJson): boolean {
  return decoder?.type === "ByteLevel" || (decoder?.decoders ?? []).some(({ type }) => type === "ByteLevel");
}
