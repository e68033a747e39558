/** Special tokens come first, as in SmolLM2's vocabulary. */
export const SPECIAL_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] as const;

export const CHATML_TEMPLATE =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

const LETTERS = "etaoinshrdlucmfwypvbgkjqxz";

export interface TinyVocabulary {
  readonly tokens: string[];
  /** 3 for control tokens, 1 for normal ones. */
  readonly types: number[];
  /** Halves joined by a space, in order of rank. */
  readonly merges: string[];
}

/**
 * A byte-level vocabulary of `size` tokens: special tokens, all 256 bytes, then merges of a space with a letter, a
 * few words, and pairs of letters, commonest first. Any text can be encoded; at least 259 tokens.
 */
export function tinyVocabulary(size: number): TinyVocabulary {
  const first = [...SPECIAL_TOKENS, ...byteTokens()];
  const merges = mergeList().slice(0, size - first.length);
  if (first.length + merges.length !== size) {
    throw new RangeError(
      `a tiny vocabulary has ${first.length} to ${first.length + mergeList().length} tokens`,
    );
  }
  const tokens = [...first, ...merges.map(([left, right]) => left + right)];
  return {
    tokens,
    types: tokens.map((_, id) => (id < SPECIAL_TOKENS.length ? 3 : 1)),
    merges: merges.map((pair) => pair.join(" ")),
  };
}

/** GPT-2's printable stand-ins for the 256 bytes. */
function byteTokens(): string[] {
  const printable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let spare = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : spare++));
}

function mergeList(): [string, string][] {
  const words: [string, string][] = [
    ["Ġt", "he"],
    ["in", "g"],
    ["an", "d"],
    ["Ġa", "n"],
  ];
  const spaced = [...LETTERS].map((letter): [string, string] => ["Ġ", letter]);
  const pairs = [...LETTERS].flatMap((a) => [...LETTERS].map((b): [string, string] => [a, b]));
  const common = ["he", "in", "an", "er", "re", "on", "at", "en", "nd", "ti", "es", "or"];
  const isCommon = ([a, b]: [string, string]) => common.includes(a + b);
  return [...spaced, ...pairs.filter(isCommon), ...words, ...pairs.filter((pair) => !isCommon(pair))];
}
