import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { Tokenizer } from "../../lib/core/types.js";
import { gpt2Tokenizer } from "../../lib/tokenizers/gpt2.js";
import { textStream } from "../../lib/tokenizers/textStream.js";

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await gpt2Tokenizer();
});

test("holds a character back until it is whole", () => {
  const stream = textStream(tokenizer);
  const pieces = tokenizer.encode("a🦔b").map((token) => stream.push(token));
  expect(pieces).toEqual(["a", "", "", "🦔", "b"]);
  expect(stream.flush()).toBe("");
});

test("shows what was never completed only at the end", () => {
  const stream = textStream(tokenizer);
  expect(
    tokenizer
      .encode("🦔")
      .slice(0, 2)
      .map((token) => stream.push(token)),
  ).toEqual(["", ""]);
  expect(stream.flush()).toBe("\uFFFD");
});

test("law: the pieces of any tokens are their text", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50_256), { maxLength: 30 }), (tokens) => {
      const stream = textStream(tokenizer);
      const text = tokens.map((token) => stream.push(token)).join("") + stream.flush();
      expect(text).toBe(tokenizer.decode(tokens));
    }),
    { examples: [[tokenizer.encode("\uFEFFnaïve 👩‍👩‍👧")]] },
  );
});
