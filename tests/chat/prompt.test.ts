import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Conversation, chatPrompt, promptIds, reply, replyStream } from "../../lib/chat/index.js";
import { drain } from "../../lib/core/drain.js";
import { OptionError, PromptError } from "../../lib/core/errors.js";
import { beamExample } from "../../lib/models/table/index.js";
import { byteModel, SEPARATOR } from "../server/byteModel.js";

const open = byteModel("bytes", "Grüße");
const greedy = { method: "greedy" } as const;

describe("a prompt", () => {
  test("says whose words each token is", async () => {
    const conversation = new Conversation({ system: "S" }).ask("hi").answer("yo").ask("é");
    const prompt = await chatPrompt(open, conversation);
    expect(prompt.text).toBe("system:S/user:hi/assistant:yo/user:é|");
    const roles = (role: string) =>
      Buffer.from(prompt.tokens.filter((token) => token.role === role).map(({ token }) => token)).toString();
    expect(roles("system")).toBe("S");
    expect(roles("user")).toBe("hié");
    expect(roles("assistant")).toBe("yo");
    expect(prompt.tokens.find(({ role }) => role === "assistant")?.turn).toBe(1);
    expect(promptIds(prompt)).toEqual(open.tokenizer.encode(prompt.text));
  });

  test("isn't ended by a message that spells a control token, and shows it as that message's words", async () => {
    const { text, tokens } = await chatPrompt(open, new Conversation().ask("a|b").answer("|").ask("user"));
    expect(text).toBe("user:a|b/assistant:|/user:user|");
    expect(tokens.filter(({ special }) => special)).toHaveLength(1);
    const said = tokens.filter(({ role }) => role !== "template").map(({ turn, token }) => [turn, token]);
    const words = ["a|b", "|", "user"].flatMap((word, turn) =>
      [...Buffer.from(word)].map((byte) => [turn, byte]),
    );
    expect(said).toEqual(words);
  });

  test("leaves out whole exchanges, the oldest first, and never the system prompt or the last question", async () => {
    const words = fc.string({ minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(words, { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 40, max: 160 }),
        async (contents, budget) => {
          let conversation = new Conversation({ system: "rules" });
          for (const content of contents) {
            conversation = conversation.awaitsAnswer
              ? conversation.answer(content)
              : conversation.ask(content);
          }
          if (!conversation.awaitsAnswer) conversation = conversation.ask("?");
          const { turns } = conversation;
          const whole = (from: number) => {
            const said = turns.slice(from).map(({ role, content }) => `${role}:${content}`);
            return [...Buffer.from(`system:rules/${said.join("/")}`), SEPARATOR];
          };
          const prompt = await chatPrompt(open, conversation, { budget });
          const from = prompt.cut.length;
          expect(from % 2).toBe(0);
          expect(prompt.cut).toEqual(turns.slice(0, from));
          expect(promptIds(prompt)).toEqual(whole(from));
          expect(prompt.tokens.length).toBeLessThanOrEqual(budget);
          // Nothing was left out in vain.
          if (from > 0) expect(whole(from - 2).length).toBeGreaterThan(budget);
        },
      ),
    );
  });

  test("is refused where what has to stay doesn't fit", async () => {
    const conversation = new Conversation().ask("x".repeat(100));
    await expect(chatPrompt(open, conversation, { budget: 50 })).rejects.toThrow(PromptError);
    await expect(chatPrompt(open, conversation, { budget: 0 })).rejects.toThrow(OptionError);
    await expect(chatPrompt(beamExample(), conversation)).rejects.toThrow("one with a chat template");
  });
});

describe("a reply", () => {
  test("comes in whole characters, and is the next turn with its recipe", async () => {
    const pieces: string[] = [];
    const { conversation, text, cost } = await reply(open, new Conversation().ask("?"), greedy, {
      onText: (piece) => pieces.push(piece),
    });
    expect(text).toBe("Grüße");
    expect(pieces).toEqual(["G", "r", "ü", "ß", "e"]);
    expect(conversation.turns.at(-1)).toMatchObject({ role: "assistant", content: "Grüße", recipe: greedy });
    expect(cost).toMatchObject({ promptTokens: 7, cachedTokens: 0, generatedTokens: 8 });
  });

  test("can be given again with another recipe", async () => {
    const first = await reply(open, new Conversation().ask("?"), greedy);
    const again = await reply(open, first.conversation.withoutAnswer(), { method: "beam", numBeams: 2 });
    expect(again.text).toBe("Grüße");
    expect(again.conversation.turns).toHaveLength(2);
    expect(again.conversation.turns[1]?.recipe?.method).toBe("beam");
  });

  test("ends before a stop string", async () => {
    const { text } = await reply(open, new Conversation().ask("?"), { ...greedy, stopStrings: ["üß"] });
    expect(text).toBe("Gr");
  });

  test("needs a question", async () => {
    await expect(reply(open, new Conversation(), greedy)).rejects.toThrow(OptionError);
  });

  test("stops when nobody listens any more", async () => {
    const calls: number[] = [];
    const counted = byteModel("bytes", "Grüße", { onCall: (rows) => calls.push(rows) });
    const stream = replyStream(counted, new Conversation().ask("?"), greedy);
    await stream.next();
    await stream.return(undefined as never);
    expect(calls).toHaveLength(1);
    await expect(drain(stream)).resolves.toBeUndefined();
  });
});
