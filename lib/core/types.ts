/** Token ids in reading order. */
export type Tokens = readonly number[];

/** Scores for every token of a vocabulary, before softmax. Length `vocabSize`. */
export type Logits = Float32Array;

/**
 * A language model seen as a function from prefixes to rows of logits. Plain numbers cross this border;
 * tensors, caches and worker threads stay behind it.
 */
export interface LanguageModel {
  /** Number of tokens in the vocabulary, and so the length of every row. */
  readonly vocabSize: number;
  /** The longest prefix, in tokens, that the model can read. */
  readonly contextLength: number;
  /**
   * Raw next-token scores after each prefix: one row of `vocabSize` per prefix, in the order of the prefixes.
   * The caller owns the rows and may change them.
   * @throws PromptError for an empty prefix, one beyond `contextLength`, or a token outside the vocabulary
   * @throws the signal's reason once it is aborted
   */
  nextLogits(prefixes: readonly Tokens[], signal?: AbortSignal): Promise<Logits[]>;
  /**
   * Raw scores after every position of one text: row `i` predicts token `i + 1`.
   * @throws as `nextLogits`
   */
  allLogits(tokens: Tokens, signal?: AbortSignal): Promise<Logits[]>;
  /** Frees what the model holds. Calls after it are rejected. */
  dispose(): Promise<void>;
}

/** What a model makes of one prefix. */
export interface NextState {
  /** Raw next-token scores, as `nextLogits` gives them. */
  readonly logits: Logits;
  /** The last layer's state after the last token, normalised as the output layer reads it. */
  readonly hidden: Float32Array;
}

/** What a model can do beside its scores if `hasHiddenStates` says so. */
export interface HiddenStates {
  /**
   * Scores and hidden state after each prefix, in the order of the prefixes; otherwise as `nextLogits`. The caller
   * owns the rows and may change them.
   */
  nextStates(prefixes: readonly Tokens[], signal?: AbortSignal): Promise<NextState[]>;
}

/** What a model and its earlier layers make of one prefix. */
export interface LayeredLogits {
  /** Raw next-token scores, as `nextLogits` gives them. */
  readonly logits: Logits;
  /** What the output layer makes of the state that each layer asked for is given, in their order. */
  readonly early: readonly Logits[];
}

/** What a model can do beside its scores if `hasLayerLogits` says so. */
export interface LayerLogits {
  readonly numLayers: number;
  /** Whether the output layer is the embedding table: then it reads the token itself back from layer 0. */
  readonly tiedEmbeddings: boolean;
  /**
   * Scores after each prefix, in the order of the prefixes, and those of earlier layers: `k` stands for the state after
   * k layers, as it stands and not normalised, and 0 for the embedding (`hidden_states[k]` in Hugging Face's
   * transformers). Otherwise as `nextLogits`.
   * @param layers whole numbers from 0 to `numLayers` - 1
   */
  nextLayerLogits(
    prefixes: readonly Tokens[],
    layers: readonly number[],
    signal?: AbortSignal,
  ): Promise<LayeredLogits[]>;
}

/** What a model can do beside its scores if `hasPrefixCache` says so. */
export interface PrefixCaching {
  /**
   * How many tokens at the start of each text are remembered now: reading the text costs the rest, and its last token
   * at least. A later call may have evicted them.
   */
  cachedLengths(texts: readonly Tokens[]): Promise<number[]>;
}

/** What a model can do with rows that nobody reads any more; others leave them to the garbage collector. */
export interface RowReuse {
  /** Takes rows that `nextLogits` has handed out: later ones are written to their memory. */
  reuseRows(rows: readonly Logits[]): void;
}

/** Turns text into token ids and back. */
export interface Tokenizer {
  readonly vocabSize: number;
  /** Ids that end a text or a turn; empty if the tokenizer has none. */
  readonly endTokens: readonly number[];
  /** Token ids of the text as it stands: special tokens written in it are recognised, none are added. */
  encode(text: string): number[];
  /** Text of the tokens, special tokens included. Bytes that are no whole character become U+FFFD. */
  decode(tokens: Tokens): string;
  /** The bytes one token stands for: UTF-8, possibly cut inside a character. */
  tokenBytes(token: number): Uint8Array;
  /** Whether the token is a control token such as `<|im_end|>` rather than text. */
  isSpecial(token: number): boolean;
}

/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant" | (string & {});
  readonly content: string;
  /** The tools that the assistant called in this turn. */
  readonly toolCalls?: readonly ToolCall[];
}

/** A function that a model may ask for. */
export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** A JSON Schema of its arguments. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** A model's request to call a function. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** A tokenizer that knows how its model writes conversations down. */
export interface ChatTokenizer extends Tokenizer {
  /**
   * How the template writes tools down, and so how the model calls them: `hermes` puts each call as JSON between
   * `<tool_call>` and `</tool_call>`. Absent where the template has no place for tools, or another way.
   */
  readonly toolFormat?: "hermes";
  /**
   * The prompt text for these messages, up to the point where the assistant begins to speak. Encoded as it stands, it
   * has as control tokens also those that a message spells.
   * @param tools only where there is a `toolFormat`
   */
  chatPrompt(messages: readonly ChatMessage[], tools?: readonly Tool[]): string;
  /**
   * The tokens of the same prompt. Control tokens are the template's alone: what messages spell is text, so that nobody
   * ends a turn or opens another from within one.
   */
  chatTokens(messages: readonly ChatMessage[], tools?: readonly Tool[]): number[];
}

/** A model with the tokenizer it was trained with, as `openModel` returns them. */
export interface OpenModel {
  /** The name it was opened by, for messages and reports. */
  readonly name: string;
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer | ChatTokenizer;
}
