import { expect, test } from "vitest";
import { PromptError } from "../../lib/core/errors.js";
import { assertPrefix } from "../../lib/core/prompt.js";

const model = { vocabSize: 10, contextLength: 3 };

test.each([
  { tokens: [], message: "empty" },
  { tokens: [1, 2, 3, 4], message: "4 tokens, but the model reads at most 3" },
  { tokens: [1, 10], message: "token 10 at position 1 of the prompt is not in the vocabulary of 10" },
  { tokens: [-1], message: "token -1 at position 0" },
  { tokens: [1.5], message: "token 1.5" },
])("refuses $tokens", ({ tokens, message }) => {
  expect(() => assertPrefix(tokens, model)).toThrow(PromptError);
  expect(() => assertPrefix(tokens, model)).toThrow(message);
});

test("calls them by another name where they have one", () => {
  expect(() => assertPrefix([], model, "`negativePrompt`")).toThrow("`negativePrompt` is empty: give");
});

test("accepts a prefix that fills the context", () => {
  expect(() => assertPrefix([0, 9, 5], model)).not.toThrow();
});
