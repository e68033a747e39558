import { readFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { PromptError } from "../../lib/core/errors.js";
import type { Tokenizer } from "../../lib/core/types.js";
import { bpeTokenizer } from "../../lib/tokenizers/bpe/bpeTokenizer.js";
import { gpt2Tokenizer } from "../../lib/tokenizers/gpt2.js";
import { byteLevelString } from "../../lib/tokenizers/tokenBytes.js";
import { corporaDirectory } from "../../lib/training/corpus/index.js";

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await gpt2Tokenizer();
});

const byteOrderMark = "\uFEFF";

describe("gpt2Tokenizer", () => {
  test.each([
    { text: "How are you feeling today?", tokens: [2437, 389, 345, 4203, 1909, 30] },
    { text: "Hello, I'm an AI model. ", tokens: [15496, 11, 314, 1101, 281, 9552, 2746, 13, 220] },
    { text: "Hello, how are you?", tokens: [15496, 11, 703, 389, 345, 30] },
    { text: "", tokens: [] },
    { text: "<|endoftext|>", tokens: [50256] },
    { text: "Hello<|endoftext|><|endoftext|>Hello", tokens: [15496, 50256, 50256, 15496] },
    { text: "<|endoftext", tokens: [27, 91, 437, 1659, 5239] },
  ])("$text", ({ text, tokens }) => {
    expect(tokenizer.encode(text)).toEqual(tokens);
    expect(tokenizer.decode(tokens)).toBe(text);
  });

  test("has 50,257 tokens, each with bytes; only the last is special", () => {
    expect(tokenizer.vocabSize).toBe(50_257);
    expect(tokenizer.endTokens).toEqual([50_256]);
    const seen = new Set<string>();
    let special = 0;
    for (let token = 0; token < tokenizer.vocabSize; token++) {
      seen.add(Buffer.from(tokenizer.tokenBytes(token)).toString("hex"));
      if (tokenizer.isSpecial(token)) special++;
    }
    expect(seen.size).toBe(50_257);
    expect(special).toBe(1);
    expect(tokenizer.isSpecial(50_256)).toBe(true);
  });

  test("cuts a character that is no token of its own, and puts it together again", () => {
    const tokens = tokenizer.encode("🦔");
    expect(tokens.length).toBeGreaterThan(1);
    expect(tokens.flatMap((token) => [...tokenizer.tokenBytes(token)])).toEqual([0xf0, 0x9f, 0xa6, 0x94]);
    expect(tokenizer.decode(tokens)).toBe("🦔");
    expect(tokenizer.decode(tokens.slice(0, -1))).toBe("\uFFFD");
    // Half a character must not linger in a shared decoder.
    expect(tokenizer.decode([15496])).toBe("Hello");
  });

  test.each([byteOrderMark, `${byteOrderMark}text`, "\0", "\r\n\t", "e\u0301", "👩‍👩‍👧", "  two  spaces  "])(
    "keeps %j exactly",
    (text) => {
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    },
  );

  test("law: any Unicode text comes back, and its tokens' bytes are its UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        const tokens = tokenizer.encode(text);
        expect(tokenizer.decode(tokens)).toBe(text);
        const bytes = tokens.flatMap((token) => [...tokenizer.tokenBytes(token)]);
        expect(bytes).toEqual([...new TextEncoder().encode(text)]);
      }),
      { numRuns: 500 },
    );
  });

  test("a lone surrogate becomes U+FFFD", () => {
    expect(tokenizer.decode(tokenizer.encode("a\uD83Eb"))).toBe("a\uFFFDb");
  });

  test.each([[50_257], [-1], [1.5]])("refuses token %s", (token) => {
    expect(() => tokenizer.decode([token])).toThrow(PromptError);
    expect(() => tokenizer.tokenBytes(token)).toThrow("is not one of GPT-2's 50257");
  });
});

describe("GPT-2's vocabulary in the tokenizer that is trained here", () => {
  /** The two tokens that a token was merged from: what merging its bytes leaves before its own merge. */
  function halves(token: string, ranks: ReadonlyMap<string, number>): [string, string] {
    const parts = [...token];
    while (parts.length > 2) {
      const pairs = parts
        .slice(1)
        .map((right, i) => ranks.get(parts[i]! + right) ?? Number.POSITIVE_INFINITY);
      const at = pairs.indexOf(Math.min(...pairs));
      parts.splice(at, 2, parts[at]! + parts[at + 1]!);
    }
    return [parts[0]!, parts[1]!];
  }

  let same: Tokenizer;
  beforeAll(() => {
    const tokens = Array.from({ length: 50_256 }, (_, id) => byteLevelString(tokenizer.tokenBytes(id)));
    const ranks = new Map(tokens.map((token, rank) => [token, rank]));
    const merges = tokens.slice(256).map((token) => halves(token, ranks));
    const end = ["<|endoftext|>"];
    same = bpeTokenizer({ tokens: [...tokens, ...end], merges, special: end, end });
  });

  test("gives GPT-2's ids on a book", async () => {
    const book = await readFile(path.join(corporaDirectory(), "moby-dick", "moby-dick.txt"), "utf8");
    expect(same.encode(book)).toEqual(tokenizer.encode(book));
  });

  test("law: and on any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        // The other package cuts white space by JavaScript's class, this one by Unicode's.
        fc.pre(!/[\u0085\uFEFF]/.test(text));
        expect(same.encode(text)).toEqual(tokenizer.encode(text));
      }),
      { numRuns: 500 },
    );
  });
});
