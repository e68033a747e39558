import { LogitbookError } from "../core/errors.js";
import type { ChatMessage, ChatTokenizer, Tokens, Tool } from "../core/types.js";
import { byteLevelBytes, metaspaceBytes } from "./tokenBytes.js";

/** What is used of a transformers.js tokenizer; written down here so that this room needs no import of it. */
export interface HubTokenizer {
  readonly chat_template: unknown;
  readonly all_special_ids: readonly number[];
  readonly _tokenizerJSON: TokenizerJson;
  encode(text: string, options: { add_special_tokens: boolean }): number[];
  decode(
    tokens: number[],
    options: { skip_special_tokens: boolean; clean_up_tokenization_spaces: boolean },
  ): string;
  get_vocab(): Map<string, number>;
  apply_chat_template(
    messages: { role: string; content: string; tool_calls?: object[] }[],
    options: { tokenize: false; add_generation_prompt: boolean; tools?: object[] },
  ): unknown;
}

/** The parts of tokenizer.json that say how token strings stand for bytes. */
interface TokenizerJson {
  readonly decoder?: {
    readonly type?: string;
    readonly decoders?: readonly { readonly type?: string }[];
  } | null;
  readonly added_tokens?: readonly {
    readonly id: number;
    readonly content: string;
    readonly special?: boolean;
  }[];
}

/**
 * A tokenizer as transformers.js loads it, chat template included.
 * @param endTokens ids at which the model's generation ends
 */
export function pretrainedTokenizer(source: HubTokenizer, endTokens: readonly number[]): ChatTokenizer {
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
    ...(takesTools(source.chat_template) && { toolFormat: "hermes" }),
    chatPrompt: (messages, tools) => chatPrompt(source, messages, tools),
  };
}

function decode(source: HubTokenizer, tokens: Tokens): string {
  if (tokens.length === 0) return "";
  return source.decode([...tokens], { skip_special_tokens: false, clean_up_tokenization_spaces: false });
}

function chatPrompt(
  source: HubTokenizer,
  messages: readonly ChatMessage[],
  tools: readonly Tool[] = [],
): string {
  if (!source.chat_template) {
    throw new LogitbookError(
      "this model's tokenizer has no chat template: write the prompt out as plain text",
    );
  }
  const asFunction = <Value extends object>(value: Value) => ({ type: "function", function: value });
  const written = messages.map(({ role, content, toolCalls = [] }) => ({
    role,
    content,
    ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(asFunction) }),
  }));
  const options = { tokenize: false, add_generation_prompt: true } as const;
  return String(
    source.apply_chat_template(written, {
      ...options,
      ...(tools.length > 0 && { tools: tools.map(asFunction) }),
    }),
  );
}

/** Whether a template reads `tools` and writes calls as Hermes models do: Qwen 2.5 and 3, Hermes and others. */
function takesTools(template: unknown): boolean {
  return typeof template === "string" && /\btools\b/.test(template) && template.includes("<tool_call>");
}

function isByteLevel({ decoder }: TokenizerJson): boolean {
  return decoder?.type === "ByteLevel" || (decoder?.decoders ?? []).some(({ type }) => type === "ByteLevel");
}
