import { readFile } from "node:fs/promises";
import path from "node:path";
import { AutoTokenizer, PreTrainedTokenizer } from "@huggingface/transformers";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { ChatMessage, ChatTokenizer } from "../../lib/core/types.js";
import { modelsDirectory } from "../../lib/models/modelsDirectory.js";
import type { HubTokenizer } from "../../lib/tokenizers/hubTokenizer.js";
import { pretrainedTokenizer } from "../../lib/tokenizers/pretrained.js";
import { golden } from "../support/folders.js";
import { CHATML_TEMPLATE } from "../support/tinyVocabulary.js";

const [START, END] = [1, 2];

let smollm2: ChatTokenizer;
let stock: PreTrainedTokenizer;
beforeAll(async () => {
  stock = await AutoTokenizer.from_pretrained(path.join(modelsDirectory(), "smollm2"));
  smollm2 = pretrainedTokenizer(stock as unknown as HubTokenizer, [END]) as ChatTokenizer;
});

/** Control tokens whole, cut and within each other, beside text of any kind. */
const words = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "<|im_end|>",
        "<|im_start|>",
        "<|endoftext|>",
        "<repo_name>",
        "<|im_",
        "end|>",
        "<",
        "|>",
      ),
      fc.constantFrom("\n", "user", "system\n", "masked0c60end", "masked1c", "\uDC00", "\uD83E", "ü", "🦔"),
      fc.string({ unit: "grapheme-ascii", maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));
const chats = fc
  .tuple(words, fc.array(words, { maxLength: 4 }))
  .map(([system, contents]): ChatMessage[] => [
    { role: "system", content: system },
    ...contents.map((content, at) => ({ role: at % 2 === 0 ? "user" : "assistant", content })),
  ]);

describe("SmolLM2's template", () => {
  test("has as many turns as there are messages, whatever they say, and all of their text", () => {
    fc.assert(
      fc.property(chats, (messages) => {
        const tokens = smollm2.chatTokens(messages);
        // The last turn is the one that the assistant is to begin.
        expect(tokens.filter((token) => token === START)).toHaveLength(messages.length + 1);
        expect(tokens.filter((token) => token === END)).toHaveLength(messages.length);
        expect(tokens.filter(smollm2.isSpecial)).toHaveLength(2 * messages.length + 1);
        const opened = tokens.join().split(`,${START},`).slice(1).map(firstLine);
        expect(opened).toEqual([...messages.slice(1).map(({ role }) => role), "assistant"]);
        expect(smollm2.decode(tokens)).toBe(
          smollm2.chatPrompt(messages).replace(/\p{Surrogate}/gu, "\uFFFD"),
        );
        expect(smollm2.chatPrompt(messages)).toBe(String(stock.apply_chat_template([...messages], whole)));
      }),
    );
  });

  test.each(["\u{10000}", "\u{1F800}", "\u{1F400}", "\uD800", "\uDC00", "\uD83D"])(
    "reads no control token behind %j, whatever marks those of the template",
    (before) => {
      const tokens = smollm2.chatTokens([
        { role: "user", content: `${before}<|im_end|>${before}<|im_start|>` },
      ]);
      const plain = smollm2.chatTokens([{ role: "user", content: before }]);
      expect(tokens.filter(smollm2.isSpecial)).toEqual(plain.filter(smollm2.isSpecial));
    },
  );

  test("has the tokens of its text where no message spells a control token", () => {
    fc.assert(
      fc.property(chats, (messages) => {
        const plain = messages.map((message) => ({
          ...message,
          content: message.content.replaceAll("<", "("),
        }));
        expect(smollm2.chatTokens(plain)).toEqual(smollm2.encode(smollm2.chatPrompt(plain)));
      }),
    );
  });

  test("has the tokens of Hugging Face's `split_special_tokens`", async () => {
    const { chats } = JSON.parse(await readFile(golden("chat", "chats.json"), "utf8")) as {
      chats: { messages: ChatMessage[]; ids: number[]; stock: number[] }[];
    };
    for (const { messages, ids, stock } of chats) {
      expect(smollm2.chatTokens(messages)).toEqual(ids);
      // The text alone doesn't tell who wrote a token: so `generate --chat` sends what is typed.
      expect(smollm2.encode(smollm2.chatPrompt(messages))).toEqual(stock);
    }
    expect(chats.filter(({ ids, stock }) => ids.join() !== stock.join()).length).toBeGreaterThan(5);
  });
});

const whole = { tokenize: false, add_generation_prompt: true } as const;
const firstLine = (ids: string) => smollm2.decode(ids.split(",").map(Number)).split("\n")[0];

const TOOLS = [
  { name: "a<|im_end|>", description: "<|im_start|>", parameters: { "<|im_end|>": ["<|im_end|>"] } },
];

describe("other tokenizers", () => {
  test("role markers that nobody declared special are the template's alone; `<think>` is a word", () => {
    const tokenizer = tiny(
      [token(5, "<user>", false), token(6, "<assistant>", false), token(7, "<think>", false)],
      "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant><think>",
    );
    const said = (content: string) => tokenizer.chatTokens([{ role: "user", content }]);
    expect(said("a")).toEqual([5, 10, 6, 7]);
    expect(said("<user>a<think>").filter((id) => id === 5)).toEqual([5]);
    expect(tokenizer.decode(said("<user>a<think>"))).toBe("<user><user>a<think><assistant><think>");
    expect(said("<user>a<think>").filter((id) => id === 7)).toEqual([7, 7]);
  });

  test("control tokens that swallow blanks swallow those of the template's text only where they are tokens", () => {
    const tokenizer = tiny(
      [{ ...token(5, "<end>", true), rstrip: true }],
      "{% for m in messages %}{{ m.content }}<end> {% endfor %}",
    );
    const said = (content: string) => tokenizer.decode(tokenizer.chatTokens([{ role: "user", content }]));
    expect(said("a")).toBe("a<end>");
    expect(said("<end> a")).toBe("<end> a<end>");
  });

  test("a tool's name, description, parameters and keys, and a call's arguments, spell none either", () => {
    const tokenizer = tiny(
      [token(5, "<|im_start|>", true), token(6, "<|im_end|>", true)],
      `{% if tools %}<tool_call>{{ tools | tojson }}{% endif %}${CHATML_TEMPLATE}{{ messages[0].tool_calls | tojson }}`,
    );
    const call = { name: "<|im_end|>", arguments: { "<|im_end|>": "<|im_start|>" } };
    const messages = [{ role: "assistant<|im_end|>", content: "", toolCalls: [call] }];
    const tokens = tokenizer.chatTokens(messages, TOOLS);
    expect(tokens.filter((id) => id >= 5 && id <= 6)).toEqual([5, 6, 5]);
    expect(tokenizer.decode(tokens)).toBe(tokenizer.chatPrompt(messages, TOOLS));
  });

  test("a model of whole words doesn't find a control token in its vocabulary by another way", () => {
    const tokenizer = tiny(
      [token(0, "<unk>", true), token(5, "</s>", true)],
      "{% for m in messages %}{{ m.content }}{% endfor %}</s>",
      { type: "WordLevel", vocab: { "<unk>": 0, "</s>": 5, a: 1 }, unk_token: "<unk>" },
    );
    expect(tokenizer.chatTokens([{ role: "user", content: "</s>" }])).toEqual([0, 5]);
  });

  test("a template without tokens of its own writes words that nothing can tell from words", () => {
    const tokenizer = tiny([], "{% for m in messages %}[INST]{{ m.content }}[/INST]{% endfor %}");
    const messages = [{ role: "user", content: "[/INST]no[INST]" }];
    expect(tokenizer.chatTokens(messages)).toEqual(tokenizer.encode(tokenizer.chatPrompt(messages)));
  });
});

function token(id: number, content: string, special: boolean) {
  return { id, content, special, single_word: false, lstrip: false, rstrip: false, normalized: false };
}

/** A tokenizer of single bytes from id 10 on, its `a` first, with these tokens beside them. */
function tiny(added_tokens: object[], chat_template: string, model: object = bytes()): ChatTokenizer {
  const rules = { pre_tokenizer: byteLevel, decoder: byteLevel, normalizer: null, post_processor: null };
  const source = new PreTrainedTokenizer(
    { added_tokens, ...rules, model },
    { chat_template, unk_token: "<unk>" },
  );
  return pretrainedTokenizer(source as unknown as HubTokenizer, []) as ChatTokenizer;
}

const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };

function bytes(): object {
  const printable = Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at));
  const letters = ["a", ...printable.filter((letter) => letter !== "a"), "Ġ", "Ċ"];
  return {
    type: "BPE",
    vocab: Object.fromEntries(letters.map((letter, at) => [letter, 10 + at])),
    merges: [],
  };
}
