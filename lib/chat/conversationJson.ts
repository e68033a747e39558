import { z } from "zod";
import { OptionError } from "../core/errors.js";
import { type CompleteRecipe, recipeSchema } from "../decoding/index.js";
import { closedObject, fromZod, nameField, toZod, validate } from "../decoding/schema.js";
import { Conversation } from "./conversation.js";

const text = { error: "a text" };

const schema = closedObject({
  format: z.literal("logitbook-conversation", { error: '"logitbook-conversation"' }),
  version: z.literal(1, { error: "1, the only version there is" }),
  system: z.string(text).nullable(),
  turns: z.array(
    closedObject({
      role: nameField(["user", "assistant"]),
      content: z.string(text),
      recipe: toZod(recipeSchema).optional(),
    }),
    { error: "a list of turns" },
  ),
});

/** The conversation as JSON text, with the recipe of each answer; `loadConversation` reads it back. */
export function saveConversation({ system, turns }: Conversation): string {
  return `${JSON.stringify({ format: "logitbook-conversation", version: 1, system, turns }, null, 2)}\n`;
}

/** @throws OptionError that names the field at fault */
export function loadConversation(json: string): Conversation {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new OptionError("conversation", json.slice(0, 80), `valid JSON (${(error as Error).message})`);
  }
  const { system, turns } = validate(fromZod(schema), value, "conversation");
  return new Conversation({
    system,
    turns: turns.map(({ recipe, ...turn }) => ({
      ...turn,
      ...(recipe && { recipe: recipe as CompleteRecipe }),
    })),
  });
}
