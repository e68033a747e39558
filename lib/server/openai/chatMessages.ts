import { OptionError } from "../../core/errors.js";
import type { ChatMessage, OpenModel, Tokens } from "../../core/types.js";
import type { ChatRequest } from "./chatRequest.js";

type RequestMessage = ChatRequest["messages"][number];

/** The messages of a request in the library's words. */
export function chatMessages(messages: readonly RequestMessage[]): ChatMessage[] {
  return messages.map((message, at) => {
    const { role, content, tool_calls, tool_call_id } = message;
    if (tool_calls?.length) {
      throw new OptionError(`messages[${at}].tool_calls`, tool_calls, "left out: this model takes no tools");
    }
    if (role === "tool" || tool_call_id) {
      throw new OptionError(`messages[${at}].role`, role, "another one: this model takes no tools");
    }
    if (content === undefined || content === null) {
      throw new OptionError(`messages[${at}].content`, content, "a text");
    }
    const text = typeof content === "string" ? content : content.map((part) => part.text).join("");
    return { role: role === "developer" ? "system" : role, content: text };
  });
}

/**
 * The tokens of a conversation as the model's template writes it down.
 * @throws OptionError for a model without a template
 */
export function chatTokens(open: OpenModel, messages: readonly ChatMessage[]): Tokens {
  return open.tokenizer.encode(chatText(open, messages));
}

/** The text of the same. */
export function chatText({ name, tokenizer }: OpenModel, messages: readonly ChatMessage[]): string {
  if ("chatPrompt" in tokenizer) return tokenizer.chatPrompt(messages);
  throw new OptionError(
    "model",
    name,
    "one with a chat template (this one continues texts: use /v1/completions)",
  );
}
