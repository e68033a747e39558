import { ModelError } from "../../../core/errors.js";

/** How a byte-level BPE tokenizer cuts text into words before it merges: a `pre_tokenizer` of tokenizer.json. */
export interface SplitRule {
  readonly pretokenizers: readonly Readonly<Record<string, unknown>>[];
  /** Whether a word that is a token as a whole is left alone, whatever the merges say. */
  readonly ignoreMerges: boolean;
  /** Whether texts begin with a token of their own unless the file says otherwise. */
  readonly beginsText: boolean;
}

/** Llama 3's rule (the (?i:...) of the original spelt out, which JavaScript's expressions lack on Node 20). */
const LLAMA3_WORDS =
  "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|" +
  " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const GPT2_WORDS = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

const split = (pattern: string) => ({
  type: "Split",
  pattern: { Regex: pattern },
  behavior: "Isolated",
  invert: false,
});
const bytes = (useRegex: boolean) => ({
  type: "ByteLevel",
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: useRegex,
});

const GPT2: SplitRule = { pretokenizers: [bytes(true)], ignoreMerges: false, beginsText: false };
const SINGLE_DIGITS: SplitRule = {
  pretokenizers: [{ type: "Digits", individual_digits: true }, bytes(true)],
  ignoreMerges: false,
  beginsText: false,
};
const LLAMA3: SplitRule = {
  pretokenizers: [split(LLAMA3_WORDS), bytes(false)],
  ignoreMerges: true,
  beginsText: true,
};
/** What llama.cpp falls back on for files that don't name their rule. */
const UNNAMED: SplitRule = {
  pretokenizers: [
    split("[\\p{P}\\$\\+<=>\\^~\\|]+"),
    split(GPT2_WORDS),
    split("\\p{N}+"),
    split("[0-9][0-9][0-9]"),
    bytes(false),
  ],
  ignoreMerges: false,
  beginsText: false,
};

/** By the names that llama.cpp's converter writes to `tokenizer.ggml.pre` (llama-vocab.cpp). */
const RULES: Readonly<Record<string, SplitRule>> = {
  default: UNNAMED,
  "gpt-2": GPT2,
  "phi-2": GPT2,
  mpt: GPT2,
  olmo: GPT2,
  smollm: SINGLE_DIGITS,
  starcoder: SINGLE_DIGITS,
  refact: SINGLE_DIGITS,
  codeshell: SINGLE_DIGITS,
  exaone: SINGLE_DIGITS,
  "llama-bpe": LLAMA3,
  llama3: LLAMA3,
  "llama-v3": LLAMA3,
  falcon3: LLAMA3,
  "smaug-bpe": { ...LLAMA3, ignoreMerges: false, beginsText: false },
};

/** @throws ModelError for a rule that this library doesn't know, named */
export function splitRule(file: string, name: string): SplitRule {
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule) return rule;
  const known = Object.keys(RULES).join(", ");
  throw new ModelError(file, `pre-tokenizer \`${name}\` isn't supported; supported are ${known}`);
}
