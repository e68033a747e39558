/** What is used of a transformers.js tokenizer; written down here so that this room needs no import of it. */
export interface HubTokenizer {
  readonly chat_template: unknown;
  readonly all_special_ids: readonly number[];
  readonly config: { readonly unk_token?: unknown };
  readonly _tokenizerJSON: HubTokenizerJson;
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

/** The parts of tokenizer.json that are read here. */
export interface HubTokenizerJson {
  readonly decoder?: {
    readonly type?: string;
    readonly decoders?: readonly { readonly type?: string }[];
  } | null;
  readonly added_tokens?: readonly HubAddedToken[];
  readonly model?: {
    /** Id by token, or, in unigram models, each token with its score. */
    readonly vocab?: Readonly<Record<string, number>> | readonly (readonly [string, number])[];
    readonly unk_token?: string | null;
  };
}

export interface HubAddedToken {
  readonly id: number;
  readonly content: string;
  readonly special?: boolean;
}
