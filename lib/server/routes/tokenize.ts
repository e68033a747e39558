import type { Hono } from "hono";
import { z } from "zod";
import { OptionError } from "../../core/errors.js";
import { closedObject, countField } from "../../decoding/schema.js";
import { tracedToken } from "../../decoding/trace/token.js";
import type { ServerContext } from "../context.js";
import { withModel } from "../job.js";
import { chatMessages, chatText } from "../openai/chatMessages.js";
import { chatRequest } from "../openai/chatRequest.js";
import { flagField, textField } from "../openai/fields.js";
import { readBody } from "../readBody.js";

export const tokenizeRequest = closedObject({
  model: textField,
  content: textField.describe("The text, tokenized as it stands."),
  with_pieces: flagField.describe("Tell each token's text, bytes and kind too."),
}).meta({ id: "TokenizeRequest" });

export const detokenizeRequest = closedObject({
  model: textField,
  tokens: z.array(countField(0), { error: "a list of token ids" }),
}).meta({ id: "DetokenizeRequest" });

export const templateRequest = closedObject({
  model: textField,
  messages: chatRequest.shape.messages,
}).meta({ id: "ApplyTemplateRequest" });

/** POST /tokenize, /detokenize and /apply-template, as llama.cpp's server has them. */
export function addTokenize(app: Hono, context: ServerContext): void {
  app.post("/tokenize", async (c) => {
    const { model, content, with_pieces } = await readBody(c, tokenizeRequest);
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
    const { model, tokens } = await readBody(c, detokenizeRequest);
    const content = await withModel(context, model, c.req.raw.signal, ({ tokenizer }) => {
      const stranger = tokens.find((token) => token >= tokenizer.vocabSize);
      if (stranger === undefined) return tokenizer.decode(tokens);
      throw new OptionError("tokens", stranger, `ids below ${tokenizer.vocabSize}`);
    });
    return c.json({ content });
  });
  app.post("/apply-template", async (c) => {
    const { model, messages } = await readBody(c, templateRequest);
    const prompt = await withModel(context, model, c.req.raw.signal, (open) =>
      chatText(open, chatMessages(messages, open)),
    );
    return c.json({ prompt });
  });
}
