import type { HubTokenizer, HubTokenizerJson } from "./hubTokenizer.js";
import { wellFormed } from "./special.js";

/**
 * A first surrogate without its second: well-formed text, which is what we encode, can't hold it. A second one without
 * its first would not do, for it stands before the next character wherever a pair ends in it.
 */
const MARK = "\uD800";

/** A tokenizer to which a control token is one only behind a mark. */
export interface MarkedTokenizer {
  /** The text with a mark before each control token that is in it now. */
  mark(text: string): string;
  encode(marked: string): number[];
}

/** The same tokenizer with its control tokens spelled otherwise; all its other rules are kept. */
export function markedTokenizer(source: HubTokenizer, controls: RegExp): MarkedTokenizer {
  const whole = new RegExp(`^(?:${controls.source})$`, "u");
  const respell = (token: string) => (whole.test(token) ? MARK + token : token);
  const Kind = source.constructor as new (json: HubTokenizerJson, config: object) => HubTokenizer;
  const { config, _tokenizerJSON: json } = source;
  // Models of whole words read it there.
  const unknown = typeof config.unk_token === "string" && { unk_token: respell(config.unk_token) };
  const marked = new Kind(respelled(json, respell), { ...config, ...unknown });
  return {
    mark: (text) => wellFormed(text).replace(controls, `${MARK}$&`),
    encode: (text) => marked.encode(text, { add_special_tokens: false }),
  };
}

function respelled(json: HubTokenizerJson, respell: (token: string) => string): HubTokenizerJson {
  const { added_tokens = [], model } = json;
  const vocab = model?.vocab ?? {};
  return {
    ...json,
    added_tokens: added_tokens.map((token) => ({ ...token, content: respell(token.content) })),
    model: {
      ...model,
      vocab: isScored(vocab)
        ? vocab.map(([token, score]) => [respell(token), score] as const)
        : Object.fromEntries(Object.entries(vocab).map(([token, id]) => [respell(token), id])),
      ...(model?.unk_token && { unk_token: respell(model.unk_token) }),
    },
  };
}

function isScored(vocab: object): vocab is readonly (readonly [string, number])[] {
  return Array.isArray(vocab);
}
