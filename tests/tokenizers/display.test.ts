import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Tokenizer } from "../../lib/core/types.js";
import { displayText, displayToken, tokenParts } from "../../lib/tokenizers/display.js";
import { gpt2Tokenizer } from "../../lib/tokenizers/gpt2.js";

/** A tokenizer whose only token has these bytes. */
const oneToken = (bytes: readonly number[], special = false) => ({
  tokenBytes: () => Uint8Array.from(bytes),
  isSpecial: () => special,
});
const utf8 = (text: string) => [...new TextEncoder().encode(text)];

describe("a token as it is drawn", () => {
  test.each([
    { name: "a word", bytes: utf8("cat"), drawn: "cat", kinds: ["text"] },
    { name: "a word after a space", bytes: utf8(" cat"), drawn: "·cat", kinds: ["space", "text"] },
    { name: "two spaces", bytes: utf8("  "), drawn: "··", kinds: ["space"] },
    { name: "newlines", bytes: utf8("\n\n"), drawn: "⏎⏎", kinds: ["newline"] },
    { name: "a tab", bytes: utf8("\tx"), drawn: "→x", kinds: ["tab", "text"] },
    { name: "characters of 2, 3 and 4 bytes", bytes: utf8("é€🦔"), drawn: "é€🦔", kinds: ["text"] },
    { name: "the beginning of a character", bytes: [0xe2, 0x82], drawn: "⟨E2 82⟩", kinds: ["bytes"] },
    { name: "the end of a character", bytes: [0x94, 0x61], drawn: "⟨94⟩a", kinds: ["bytes", "text"] },
    {
      name: "a space and a beginning",
      bytes: [0x20, 0xf0, 0x9f],
      drawn: "·⟨F0 9F⟩",
      kinds: ["space", "bytes"],
    },
    { name: "overlong bytes", bytes: [0xc0, 0x80], drawn: "⟨C0 80⟩", kinds: ["bytes"] },
    { name: "a control character", bytes: utf8("a\r"), drawn: "a⟨0D⟩", kinds: ["text", "bytes"] },
    { name: "a character without a shape", bytes: utf8("\u200B"), drawn: "⟨E2 80 8B⟩", kinds: ["bytes"] },
    { name: "a byte-order mark", bytes: utf8("\uFEFF"), drawn: "⟨EF BB BF⟩", kinds: ["bytes"] },
    { name: "nothing", bytes: [], drawn: "", kinds: [] },
  ])("$name: $drawn", ({ bytes, drawn, kinds }) => {
    expect(displayToken(0, oneToken(bytes))).toBe(drawn);
    expect(tokenParts(0, oneToken(bytes)).map(({ kind }) => kind)).toEqual(kinds);
  });

  test("a special token stays as it is written", () => {
    const special = oneToken(utf8("<|im end|>\n"), true);
    expect(tokenParts(0, special)).toEqual([{ kind: "special", text: "<|im end|>\n" }]);
  });

  test("text in the same signs", () => {
    expect(displayText("two words\n")).toBe("two·words⏎");
  });

  test("law: whatever the bytes, nothing invisible is left, and no neighbours are of one kind", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const parts = tokenParts(0, oneToken([...bytes]));
        for (const [index, part] of parts.entries()) {
          expect(part.text).not.toBe("");
          expect(part.text).not.toMatch(part.kind === "bytes" ? /[^0-9A-F ⟨⟩]/ : /[\s\p{Cc}\p{Cf}\uFFFD]/u);
          expect(part.kind).not.toBe(parts[index + 1]?.kind);
        }
      }),
      { examples: [" \n\t", "\u00a0", "\u3000", "\ufffd"].map((text) => [Uint8Array.from(utf8(text))]) },
    );
  });

  describe("with a real vocabulary", () => {
    let tokenizer: Tokenizer;
    beforeAll(async () => {
      tokenizer = await gpt2Tokenizer();
    });

    test("GPT-2's tokens", () => {
      const draw = (text: string) => tokenizer.encode(text).map((token) => displayToken(token, tokenizer));
      expect(draw("Hello there\n<|endoftext|>")).toEqual(["Hello", "·there", "⏎", "<|endoftext|>"]);
      expect(draw("🦔").join("")).toBe("⟨F0 9F⟩⟨A6⟩⟨94⟩");
    });

    test("no token of GPT-2 shows its raw marks", () => {
      for (let token = 0; token < tokenizer.vocabSize; token++) {
        expect(displayToken(token, tokenizer)).not.toMatch(/[Ġ▁\n\t\0]| (?![0-9A-F]{2})/);
      }
    });
  });
});
