import { z } from "zod";
import { closedObject, nameField } from "../../decoding/schema.js";
import { textField } from "../openai/fields.js";

const turn = closedObject({ role: nameField(["user", "assistant"]), content: textField });

/** What was said in a conversation that is to be answered. */
export const dialogueFields = {
  system: textField.nullable().default(null).describe("What the model is told first; null for nothing."),
  turns: z
    .array(turn, { error: "a list of turns" })
    .describe("User and assistant take turns, the user first."),
};
