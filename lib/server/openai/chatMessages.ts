import { OptionError } from "../../core/errors.js";
import type { ChatMessage, ChatTokenizer, OpenModel, Tokens, Tool, ToolCall } from "../../core/types.js";
import type { ChatRequest } from "./chatRequest.js";
import { blamePrompt } from "./checks.js";

type RequestMessage = ChatRequest["messages"][number];

/**
 * The messages of a request in the library's words.
 * @throws OptionError for a message without content, and for tools where the model takes none
 */
export function chatMessages(messages: readonly RequestMessage[], open: OpenModel): ChatMessage[] {
  return messages.map((message, at) => {
    const { role, content, tool_calls, tool_call_id } = message;
    const field = `messages[${at}]`;
    const calls = tool_calls ?? [];
    if (calls.length > 0 || role === "tool" || tool_call_id) assertTools(open, `${field}.role`, role);
    if (calls.length === 0 && (content === undefined || content === null)) {
      throw new OptionError(`${field}.content`, content, "a text");
    }
    const text = typeof content === "string" ? content : (content ?? []).map((part) => part.text).join("");
    return {
      role: role === "developer" ? "system" : role,
      content: text,
      ...(calls.length > 0 && {
        toolCalls: calls.map((call, index) => readCall(call, `${field}.tool_calls[${index}]`)),
      }),
    };
  });
}

/**
 * The tools that a request offers; none where it says that the model is to call none.
 * @throws OptionError for tools where the model's template has no place for them
 */
export function toolsOf(
  { tools, tool_choice }: Pick<ChatRequest, "tools" | "tool_choice">,
  open: OpenModel,
): Tool[] {
  if (!tools?.length) return [];
  assertTools(open, "tools", tools);
  if (tool_choice === "none") return [];
  return tools.map(({ function: { name, description, parameters } }) => ({
    name,
    ...(description && { description }),
    ...(parameters && { parameters }),
  }));
}

/**
 * The tokens of a conversation as the model's template writes it down. Control tokens are the template's alone.
 * @throws OptionError for a model without a template, HttpError for messages that its template refuses
 */
export function chatTokens(
  open: OpenModel,
  messages: readonly ChatMessage[],
  tools: readonly Tool[] = [],
): Tokens {
  return blamingMessages(() => templateOf(open).chatTokens(messages, tools));
}

/** The text of the same. */
export function chatText(
  open: OpenModel,
  messages: readonly ChatMessage[],
  tools: readonly Tool[] = [],
): string {
  return blamingMessages(() => templateOf(open).chatPrompt(messages, tools));
}

function blamingMessages<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw blamePrompt(error, "messages");
  }
}

function templateOf({ name, tokenizer }: OpenModel): ChatTokenizer {
  if ("chatPrompt" in tokenizer) return tokenizer;
  throw new OptionError(
    "model",
    name,
    "one with a chat template (this one continues texts: use /v1/completions)",
  );
}

function assertTools({ name, tokenizer }: OpenModel, field: string, value: unknown): void {
  if ("toolFormat" in tokenizer && tokenizer.toolFormat !== undefined) return;
  throw new OptionError(field, value, `left out: the chat template of \`${name}\` has no place for tools`);
}

type RequestCall = NonNullable<RequestMessage["tool_calls"]>[number];

function readCall({ function: { name, arguments: written } }: RequestCall, field: string): ToolCall {
  try {
    const given: unknown = JSON.parse(written);
    if (typeof given === "object" && given !== null)
      return { name, arguments: given as ToolCall["arguments"] };
  } catch {
    // Said below, as for other values than objects.
  }
  throw new OptionError(`${field}.function.arguments`, written, "a JSON object as text");
}
