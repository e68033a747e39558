import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { OptionError, PromptError } from "../../lib/core/errors.js";
import {
  charTokenizer,
  type TokenizerKind,
  type TrainedTokenizer,
  textStream,
  trainBpeTokenizer,
  trainTokenizer,
  trainWordTokenizer,
  wordTokenizer,
} from "../../lib/tokenizers/index.js";
import { kinds, trainedOnTexts } from "./trained.js";

const tokenizers = {} as Record<TokenizerKind, TrainedTokenizer>;
beforeAll(async () => {
  for (const kind of kinds) tokenizers[kind] = await trainedOnTexts(kind);
});

const anyText = fc.string({ unit: "binary", maxLength: 40 });
const knownText = fc.string({ unit: fc.constantFrom(..."the rain.,\n"), maxLength: 40 });

describe.each(kinds)("%s", (kind) => {
  test("token 0 ends a text, and is found where it is written", () => {
    const tokenizer = tokenizers[kind];
    expect(tokenizer.endTokens).toEqual([0]);
    expect(tokenizer.isSpecial(0)).toBe(true);
    expect(tokenizer.decode([0])).toBe("<|endoftext|>");
    const [the, rain] = [tokenizer.encode("the"), tokenizer.encode(" rain")];
    expect(tokenizer.encode("the<|endoftext|> rain")).toEqual([...the, 0, ...rain]);
    expect(tokenizer.encode("")).toEqual([]);
  });

  test("law: the text of tokens is their bytes, put together, also as they come", () => {
    const tokenizer = tokenizers[kind];
    fc.assert(
      fc.property(fc.array(fc.nat(tokenizer.vocabSize - 1), { maxLength: 30 }), (tokens) => {
        const stream = textStream(tokenizer);
        const text = tokens.map((token) => stream.push(token)).join("") + stream.flush();
        expect(tokenizer.decode(tokens)).toBe(text);
      }),
    );
  });

  test("law: any text has tokens of the vocabulary, and reading them again changes nothing", () => {
    const tokenizer = tokenizers[kind];
    fc.assert(
      fc.property(fc.oneof(anyText, knownText), (text) => {
        const tokens = tokenizer.encode(text);
        expect(tokens.every((token) => token >= 0 && token < tokenizer.vocabSize)).toBe(true);
        expect(tokenizer.encode(tokenizer.decode(tokens))).toEqual(tokens);
      }),
    );
  });

  test.each([[-1], [1.5], [1e6]])("refuses token %s", (token) => {
    expect(() => tokenizers[kind].decode([token])).toThrow(PromptError);
    expect(() => tokenizers[kind].tokenBytes(token)).toThrow(/is not one of the \d+ tokens/);
  });

  test("nobody can change its vocabulary", () => {
    tokenizers[kind].tokenBytes(5).fill(0x21);
    expect(tokenizers[kind].decode([5])).not.toMatch(/^!+$/);
  });
});

describe("characters", () => {
  test("are numbered by code point after the two special ones; others are unknown", async () => {
    const tokenizer = await trainTokenizer(["ba", "🦔a"], { kind: "char" });
    expect(tokenizer.vocabSize).toBe(5);
    expect(tokenizer.encode("ab🦔x\uD800")).toEqual([2, 3, 4, 1, 1]);
    expect(tokenizer.decode([2, 3, 4, 1])).toBe("ab🦔\uFFFD");
    expect(tokenizer.isSpecial(1)).toBe(true);
  });

  test("law: known text comes back", () => {
    fc.assert(
      fc.property(knownText, (text) => {
        expect(tokenizers.char.decode(tokenizers.char.encode(text))).toBe(text);
      }),
    );
  });
});

describe("words", () => {
  test("are numbered by frequency, then by code units, up to the cap", async () => {
    const texts = ["b B b. c, a", "a: d"];
    const tokenizer = await trainWordTokenizer(texts, { vocabSize: 5 });
    expect([2, 3, 4].map((token) => tokenizer.decode([token]))).toEqual([" b", " a", " c"]);
    expect(tokenizer.encode("A b c d 7")).toEqual([3, 2, 4, 1]);
    expect(tokenizer.decode([3, 1])).toBe(" a<|unknown|>");
    const frequent = await trainWordTokenizer(texts, { minFrequency: 2 });
    expect(frequent.vocabSize).toBe(4);
  });
});

describe("byte pairs", () => {
  test("law: any Unicode text comes back, and its tokens' bytes are its UTF-8", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tokens = tokenizers.bpe.encode(text);
        const bytes = tokens.flatMap((token) => [...tokenizers.bpe.tokenBytes(token)]);
        expect(bytes).toEqual([...new TextEncoder().encode(text)]);
        expect(tokenizers.bpe.decode(tokens)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test("a lone surrogate becomes U+FFFD", () => {
    expect(tokenizers.bpe.decode(tokenizers.bpe.encode("a\uD83Eb"))).toBe("a\uFFFDb");
  });

  test("a word of many thousand letters is no trap", async () => {
    const tokenizer = await trainBpeTokenizer(["aaaa aaaa"], { vocabSize: 259 });
    const tokens = tokenizer.encode("a".repeat(100_001));
    expect(tokens.length).toBe(25_001);
    expect(new Set(tokens.slice(0, -1)).size).toBe(1);
  });

  test("learning stops where no pair is frequent enough", async () => {
    expect((await trainBpeTokenizer(["ab ab ab cd"])).vocabSize).toBe(259);
    expect((await trainBpeTokenizer([])).vocabSize).toBe(257);
  });
});

test.each<[string, () => unknown, RegExp]>([
  ["a cap below the bytes", () => trainBpeTokenizer(["a"], { vocabSize: 200 }), /`vocabSize` must be .* 257/],
  ["a cap that is no whole number", () => trainBpeTokenizer(["a"], { vocabSize: 300.5 }), /vocabSize/],
  ["a frequency of 0", () => trainBpeTokenizer(["a"], { minFrequency: 0 }), /minFrequency/],
  ["a cap below the special words", () => trainWordTokenizer(["a"], { vocabSize: 2 }), /vocabSize/],
  ["texts without words", () => trainWordTokenizer(["?!"]), /texts with a word/],
  ["texts without characters", () => trainTokenizer([""], { kind: "char" }), /at least one character/],
  [
    "a cap on characters",
    () => trainTokenizer(["a"], { kind: "char", vocabSize: 9 }),
    /`vocabSize` must be left/,
  ],
  [
    "an unknown kind",
    () => trainTokenizer(["a"], { kind: "wordpiece" as "word" }),
    /"char", "word" or "bpe"/,
  ],
  ["a character twice", () => charTokenizer(["a", "a"]), /all different/],
  ["two characters as one", () => charTokenizer(["ab"]), /single characters/],
  ["a word that is not clean", () => wordTokenizer(["Sea"]), /as `cleanText` leaves them/],
])("%s is refused", async (_, build, message) => {
  const failure = (async () => build())();
  await expect(failure).rejects.toThrow(OptionError);
  await expect(failure).rejects.toThrow(message);
});
