import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AutoTokenizer, type PreTrainedTokenizer } from "@huggingface/transformers";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { convertGguf } from "../../../lib/models/gguf/index.js";
import { tinyGguf, type WritableValue } from "../../support/gguf.js";

const scratch = mkdtempSync(join(tmpdir(), "logitbook-tokenizer-"));
afterAll(() => rmSync(scratch, { recursive: true }));

let made = 0;
async function open(metadata: Record<string, WritableValue | undefined>, vocab = 420) {
  const directory = join(scratch, `tokenizer-${made++}`);
  await convertGguf(tinyGguf({ layers: 1, vocab, metadata }), directory, { graphs: [] });
  return { directory, tokenizer: await AutoTokenizer.from_pretrained(directory) };
}

const plain = { add_special_tokens: false };
const pieces = (tokenizer: PreTrainedTokenizer, text: string) =>
  tokenizer.encode(text, plain).map((id) => tokenizer.decode([id]));

describe("byte-level BPE", () => {
  let tokenizer: PreTrainedTokenizer;
  beforeAll(async () => {
    ({ tokenizer } = await open({}));
  });

  test("merges in order of rank", () => {
    expect(pieces(tokenizer, "the hand in the ring")).toEqual([
      "t",
      "he",
      " h",
      "and",
      " i",
      "n",
      " the",
      " r",
      "ing",
    ]);
  });

  test("special tokens are recognised in the text", () => {
    expect(tokenizer.encode("<|im_start|>a<|im_end|>", plain)).toEqual([1, 100, 2]);
    expect(tokenizer.decode([1, 100, 2], { skip_special_tokens: true })).toBe("a");
  });

  test("any text comes back", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", minLength: 1 }),
        (text) => tokenizer.decode(tokenizer.encode(text, plain)) === text,
      ),
    );
  });

  test("conversations follow the file's template", () => {
    const messages = [{ role: "user", content: "Hi" }];
    const prompt = tokenizer.apply_chat_template(messages, { tokenize: false, add_generation_prompt: true });
    expect(prompt).toBe("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
  });
});

describe("pre-tokenizers cut as llama.cpp's rules of that name do", () => {
  /** Merges that only a rule that keeps these characters together lets happen. */
  const tokens = (extra: string[]) => {
    const bytes = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
    return ["<|endoftext|>", "<|im_start|>", "<|im_end|>", ...bytes, "Ġ", "Ċ", "č", ...extra];
  };
  const merges = ["Ġ 1", "1 2", "12 3", "3 4", "' S", "( x", "! !", "Ċ Ċ", ") Ċ", "a b", "ab c", "Ġ Ġ"];
  const list = tokens(merges.map((merge) => merge.replace(" ", "")));
  const vocabulary = {
    "tokenizer.ggml.tokens": list,
    "tokenizer.ggml.token_type": list.map((_, id) => (id < 3 ? 3 : 1)),
    "tokenizer.ggml.merges": merges,
  };

  test.each<[string, string, string[]]>([
    ["smollm", "1234", ["1", "2", "3", "4"]],
    ["gpt-2", "1234", ["123", "4"]],
    ["gpt-2", " 12", [" 1", "2"]],
    ["llama-bpe", "12341", ["123", "4", "1"]],
    ["llama-bpe", " 12", [" ", "12"]],
    ["default", "12341", ["123", "4", "1"]],
    ["llama-bpe", "a'S", ["a", "'S"]],
    ["gpt-2", "a'S", ["a", "'", "S"]],
    ["llama-bpe", "(x)", ["(x", ")"]],
    ["gpt-2", "(x)", ["(", "x", ")"]],
    ["llama-bpe", ")\n", [")\n"]],
    ["gpt-2", ")\n", [")", "\n"]],
    ["default", "a!!b", ["a", "!!", "b"]],
  ])("%s cuts %j", async (pre, text, expected) => {
    const { tokenizer } = await open(
      { ...vocabulary, "tokenizer.ggml.pre": pre },
      Math.max(259, list.length),
    );
    expect(pieces(tokenizer, text)).toEqual(expected);
  });

  test("Llama 3 takes a word that is a token as a whole, and begins texts with a token", async () => {
    const words = {
      ...vocabulary,
      "tokenizer.ggml.merges": merges.filter((merge) => !merge.startsWith("a")),
    };
    const llama = await open({
      ...words,
      "tokenizer.ggml.pre": "llama-bpe",
      "tokenizer.ggml.add_bos_token": undefined,
    });
    const gpt = await open({
      ...words,
      "tokenizer.ggml.pre": "gpt-2",
      "tokenizer.ggml.add_bos_token": undefined,
    });
    expect(pieces(llama.tokenizer, "abc")).toEqual(["abc"]);
    expect(pieces(gpt.tokenizer, "abc")).toEqual(["a", "b", "c"]);
    expect(llama.tokenizer.encode("abc")[0]).toBe(1);
    expect(gpt.tokenizer.encode("abc")).toEqual(gpt.tokenizer.encode("abc", plain));
  });
});

describe("SentencePiece BPE", () => {
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
  );
  const words = ["▁", "a", "b", "c", "t", "h", "e", "▁t", "he", "▁the", "th", "ab", "bc", "▁a"];
  const tokens = ["<unk>", "<s>", "</s>", ...bytes, ...words];
  const SCORES: Record<string, number> = { "▁t": -1, he: -2, "▁the": -3, th: -4, bc: -5, ab: -6, "▁a": -7 };
  const metadata = {
    "tokenizer.ggml.model": "llama",
    "tokenizer.ggml.pre": undefined,
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.scores": tokens.map((token) => SCORES[token] ?? -100.5),
    "tokenizer.ggml.token_type": tokens.map((_, id) => (id === 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1)),
    "tokenizer.ggml.merges": undefined,
    "tokenizer.ggml.add_bos_token": undefined,
    "tokenizer.ggml.unknown_token_id": 0,
  };
  const id = (token: string) => tokens.indexOf(token);

  test.each<[string, string[]]>([
    ["the", ["▁the"]],
    ["abc", ["▁a", "bc"]],
    ["the abc", ["▁the", "▁a", "bc"]],
    ["ath", ["▁a", "th"]],
    ["é", ["▁", "<0xC3>", "<0xA9>"]],
    ["</s>", ["</s>"]],
  ])("%j", async (text, expected) => {
    const { tokenizer } = await open(metadata, tokens.length);
    expect(tokenizer.encode(text, plain)).toEqual(expected.map(id));
    expect(tokenizer.encode(text)).toEqual([1, ...expected.map(id)]);
    expect(tokenizer.decode(tokenizer.encode(text, plain))).toBe(text);
  });

  test("without the space in front where the file says so", async () => {
    const { tokenizer } = await open(
      { ...metadata, "tokenizer.ggml.add_space_prefix": false },
      tokens.length,
    );
    expect(tokenizer.encode("the", plain)).toEqual([id("t"), id("he")]);
  });

  test("needs scores", async () => {
    const conversion = open({ ...metadata, "tokenizer.ggml.scores": undefined }, tokens.length);
    await expect(conversion).rejects.toThrow(/`tokenizer.ggml.scores` must hold one score for each token/);
  });
});

test("tokenizer.json is what the tokenizers library expects", async () => {
  const { directory } = await open({});
  const { model, added_tokens } = JSON.parse(readFileSync(join(directory, "tokenizer.json"), "utf8"));
  expect(model.type).toBe("BPE");
  expect(model.merges[0]).toEqual(["Ġ", "e"]);
  expect(added_tokens.map(({ content }: { content: string }) => content)).toEqual([
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
  ]);
});
