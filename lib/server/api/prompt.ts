import { z } from "zod";
import { OptionError } from "../../core/errors.js";
import type { OpenModel, Tokens } from "../../core/types.js";
import { recipeSchema } from "../../decoding/index.js";
import { closedObject, countField, toZod } from "../../decoding/schema.js";
import { chatMessages, chatTokens } from "../openai/chatMessages.js";
import { chatRequest } from "../openai/chatRequest.js";
import { assertPrompt } from "../openai/checks.js";
import { modelField, textField } from "../openai/fields.js";

/** What Logitbook's own routes decode. */
export const promptFields = {
  model: modelField,
  prompt: z
    .union([textField, z.array(countField(0))], { error: "a text or a list of token ids" })
    .optional()
    .describe("What to continue; give this or `messages`."),
  messages: chatRequest.shape.messages
    .optional()
    .describe("A conversation to answer; give this or `prompt`."),
  recipe: toZod(recipeSchema).describe("How to decode."),
};

const promptObject = closedObject(promptFields);
export type PromptRequest = z.infer<typeof promptObject>;

/** @throws OptionError where a request has both kinds of prompt, or none; HttpError for one that can't be read */
export function promptTokens(
  { prompt, messages }: Pick<PromptRequest, "prompt" | "messages">,
  open: OpenModel,
): Tokens {
  if ((prompt === undefined) === (messages === undefined)) {
    throw new OptionError("prompt", prompt, "given where `messages` is not, and left out where it is");
  }
  const field = messages === undefined ? "prompt" : "messages";
  const tokens =
    messages !== undefined
      ? chatTokens(open, chatMessages(messages, open))
      : typeof prompt === "string"
        ? open.tokenizer.encode(prompt)
        : (prompt as Tokens);
  assertPrompt(open, tokens, field);
  return tokens;
}
