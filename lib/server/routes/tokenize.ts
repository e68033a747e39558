import type { Hono } from "hono";
import { z } from "zod";
import { OptionError } from "../../core/errors.js";
import { closedObject, countField } from "../../decoding/schema.js";
import { tracedToken } from "../../decoding/trace/token.js";
import type { ServerContext } from "../context.js";
import { withModel } from "../job.js";
import { assertNotStrict } from "../openai/answerForm.js";
import { chatMessages, chatText, toolsOf } from "../openai/chatMessages.js";
import { chatRequest } from "../openai/chatRequest.js";
import { flagField, modelField, textField } from "../openai/fields.js";
import { readModelBody } from "../readModelBody.js";

export const tokenizeRequest = closedObject({
  model: modelField,
  content: textField.describe("The text, tokenized as it stands."),
  with_pieces: flagField.describe("Tell each token's text, bytes and kind too."),
}).meta({ id: "TokenizeRequest" });

export const detokenizeRequest = closedObject({
  model: modelField,
  tokens: z.array(countField(0), { error: "a list of token ids" }),
}).meta({ id: "DetokenizeRequest" });

export const templateRequest = closedObject({
  model: modelField,
  messages: chatRequest.shape.messages,
  tools: chatRequest.shape.tools,
}).meta({ id: "ApplyTemplateRequest" });

/** POST /tokenize, /detokenize and /apply-template, as llama.cpp's server has them. */
export function addTokenize(app: Hono, context: ServerContext): void {
  app.post("/tokenize", async (c) => {
    const { model, content, with_pieces } = await readModelBody(c, tokenizeRequest, context);
    const tokens = await withModel(context, model, c.req.raw.signal, ({ tokenizer }) => {
      const ids = tokenizer.encode(content);
      if (!with_pieces) return ids;
      return ids.map((token) => {
        const { token: id, text, bytes, special } = tracedToken(token, tokenizer);
        return { id, piece: text, ...(bytes && { bytes }), ...(special && { special }) };
      });
    });
    return c.json({ tokens });
  });
  app.post("/detokenize", async (c) => {
    const { model, tokens } = await readModelBody(c, detokenizeRequest, context);
    const content = await withModel(context, model, c.req.raw.signal, ({ tokenizer }) => {
      const stranger = tokens.find((token) => token >= tokenizer.vocabSize);
      if (stranger === undefined) return tokenizer.decode(tokens);
      throw new OptionError("tokens", stranger, `ids below ${tokenizer.vocabSize}`);
    });
    return c.json({ content });
  });
  app.post("/apply-template", async (c) => {
    const { model, messages, tools } = await readModelBody(c, templateRequest, context);
    assertNotStrict(tools);
    const prompt = await withModel(context, model, c.req.raw.signal, (open) =>
      chatText(open, chatMessages(messages, open), toolsOf({ tools }, open)),
    );
    return c.json({ prompt });
  });
}
