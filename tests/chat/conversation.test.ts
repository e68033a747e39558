import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  Conversation,
  conversationMarkdown,
  loadConversation,
  saveConversation,
} from "../../lib/chat/index.js";
import { OptionError } from "../../lib/core/errors.js";
import { parseRecipe } from "../../lib/decoding/index.js";

const told = new Conversation({ system: "Be kind." }).ask("one").answer("two").ask("three").answer("four");
const said = (conversation: Conversation) => conversation.turns.map(({ content }) => content);

test("never changes, so that an older one is a branch", () => {
  const branch = told.before(2).ask("other");
  expect(said(told)).toEqual(["one", "two", "three", "four"]);
  expect(said(branch)).toEqual(["one", "two", "other"]);
  expect(branch.system).toBe("Be kind.");
});

test("editing a turn takes back what was said after it", () => {
  expect(said(told.edit(0, "eins"))).toEqual(["eins"]);
  expect(said(told.edit(1, "zwei"))).toEqual(["one", "zwei"]);
  expect(told.edit(0, "eins").awaitsAnswer).toBe(true);
});

test("undo takes the last question with its answer, or the question that waits", () => {
  expect(said(told.undo())).toEqual(["one", "two"]);
  expect(said(told.undo().undo())).toEqual([]);
  expect(said(told.undo().undo().undo())).toEqual([]);
  expect(said(told.ask("five").undo())).toEqual(["one", "two", "three", "four"]);
});

test("the last answer can be taken back alone", () => {
  expect(said(told.withoutAnswer())).toEqual(["one", "two", "three"]);
  expect(told.withoutAnswer().withoutAnswer()).toEqual(told.withoutAnswer());
  expect(said(new Conversation().withoutAnswer())).toEqual([]);
});

test("messages begin with the system prompt, if there is one", () => {
  expect(told.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user", "assistant"]);
  expect(told.underSystem(null).messages[0]?.role).toBe("user");
});

describe("what can't be", () => {
  test.each([
    ["two questions", () => told.ask("a").ask("b"), "turns[5].role"],
    ["an answer to nothing", () => told.answer("a"), "turns[4].role"],
    ["the assistant first", () => new Conversation().answer("a"), "turns[0].role"],
    ["a turn that isn't there", () => told.edit(4, "a"), "at"],
    ["what is no text", () => told.ask(5 as never), "turns[4].content"],
    ["an edit that is no text", () => told.edit(0, undefined as never), "turns[0].content"],
    ["a system prompt that is no text", () => told.underSystem(5 as never), "system"],
    [
      "a misspelt field of a turn",
      () => new Conversation({ turns: [{ role: "user", contnet: "a" } as never] }),
      "turns[0].contnet",
    ],
    ["a turn before the first", () => told.before(-1), "at"],
  ])("%s", (_, act, option) => {
    expect(act).toThrow(OptionError);
    try {
      act();
    } catch (error) {
      expect((error as OptionError).option).toBe(option);
    }
  });
});

describe("JSON", () => {
  const recipe = parseRecipe({ method: "sample", seed: 5, processors: [{ type: "topP", p: 0.9 }] });

  test("keeps everything, recipes too, whatever was said", () => {
    const texts = fc.array(fc.string({ unit: "binary" }), { maxLength: 6 });
    fc.assert(
      fc.property(texts, fc.option(fc.string({ unit: "binary" })), (contents, system) => {
        let conversation = new Conversation({ system });
        for (const content of contents) {
          conversation = conversation.awaitsAnswer
            ? conversation.answer(content, recipe)
            : conversation.ask(content);
        }
        expect(loadConversation(saveConversation(conversation))).toEqual(conversation);
      }),
    );
  });

  test.each([
    ["nonsense", "conversation"],
    ["{}", "conversation.format"],
    ['{"format":"logitbook-conversation","version":2,"system":null,"turns":[]}', "conversation.version"],
    [
      '{"format":"logitbook-conversation","version":1,"system":null,"turns":[{"role":"usr","content":""}]}',
      "conversation.turns[0].role",
    ],
    [
      '{"format":"logitbook-conversation","version":1,"system":null,"turns":[{"role":"assistant","content":""}]}',
      "turns[0].role",
    ],
    [
      '{"format":"logitbook-conversation","version":1,"system":null,"turns":[],"more":1}',
      "conversation.more",
    ],
  ])("names what is wrong with %s", (json, option) => {
    expect(() => loadConversation(json)).toThrow(expect.objectContaining({ name: "OptionError", option }));
  });
});

test("Markdown keeps what was said from posing as a heading", () => {
  const conversation = new Conversation({ system: "S" }).ask("# mine\n\ntext").answer("yes");
  expect(conversationMarkdown(conversation)).toBe(
    "## System\n\n> S\n\n## User\n\n> # mine\n>\n> text\n\n## Assistant\n\n> yes\n",
  );
});
