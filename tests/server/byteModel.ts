import type {
  ChatMessage,
  ChatTokenizer,
  LanguageModel,
  OpenModel,
  Tokens,
  Tool,
} from "../../lib/core/types.js";
import { tableModel } from "../../lib/models/table/index.js";

export const END = 256;
export const SEPARATOR = 257;
const VOCABULARY = 258;

export interface ByteModelOptions {
  /** Milliseconds that each call takes. Default none. */
  readonly delay?: number;
  readonly contextLength?: number;
  /** Called with the number of prefixes of each call. */
  readonly onCall?: (prefixes: number) => void;
  /** Its template has a place for tools. Default false. */
  readonly tools?: boolean;
  /** Throws in the call that has generated so many bytes. */
  readonly failAfter?: number;
}

/**
 * A model over single bytes that says what it is told to: with probability 0.9 the next byte of `script`, after its
 * end the end token; the other tokens share the rest. What it has said is what stands behind the last separator.
 */
export function byteModel(name: string, script: string, options: ByteModelOptions = {}): OpenModel {
  const bytes = [...new TextEncoder().encode(script)];
  const { delay = 0, contextLength = 512, onCall = () => {}, failAfter = Number.POSITIVE_INFINITY } = options;
  const table = tableModel({
    vocabSize: VOCABULARY,
    contextLength,
    otherwise(prefix) {
      const said = prefix.length - 1 - prefix.lastIndexOf(SEPARATOR);
      if (said >= failAfter) throw new Error("a secret of this machine");
      const next = bytes[said] ?? END;
      const row = new Array<number>(VOCABULARY).fill(0.1 / (VOCABULARY - 1));
      row[next] = 0.9;
      return row;
    },
  });
  const model: LanguageModel = {
    ...table,
    async nextLogits(prefixes, signal) {
      onCall(prefixes.length);
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      return table.nextLogits(prefixes, signal);
    },
  };
  return { name, model, tokenizer: byteTokenizer(options.tools === true) };
}

/** Each byte is a token; `|` is the separator that the chat template writes before an answer. */
function byteTokenizer(tools: boolean): ChatTokenizer {
  const encoder = new TextEncoder();
  const bytesOf = (token: number) =>
    token === END
      ? encoder.encode("<end>")
      : token === SEPARATOR
        ? encoder.encode("|")
        : Uint8Array.of(token);
  const encode = (text: string) =>
    [...encoder.encode(text)].map((byte) => (byte === 0x7c ? SEPARATOR : byte));
  return {
    vocabSize: VOCABULARY,
    endTokens: [END],
    encode,
    decode: (tokens: Tokens) =>
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(
        Uint8Array.from(tokens.flatMap((token) => [...bytesOf(token)])),
      ),
    tokenBytes: bytesOf,
    isSpecial: (token) => token >= END,
    ...(tools && { toolFormat: "hermes" }),
    chatPrompt: (messages, offered) => `${said(messages, offered)}|`,
    chatTokens: (messages, offered) => [...encoder.encode(said(messages, offered)), SEPARATOR],
  };
}

function said(messages: readonly ChatMessage[], offered: readonly Tool[] = []): string {
  const list = offered.length > 0 ? `${JSON.stringify(offered)}/` : "";
  const turns = messages.map(({ role, content, toolCalls = [] }) => {
    return `${role}:${content}${toolCalls.length > 0 ? JSON.stringify(toolCalls) : ""}`;
  });
  return `${list}${turns.join("/")}`;
}
