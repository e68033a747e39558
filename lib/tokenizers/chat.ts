import { PromptError } from "../core/errors.js";
import type { ChatMessage, ChatTokenizer, Tool } from "../core/types.js";
import { controlTokens } from "./controls.js";
import type { HubTokenizer } from "./hubTokenizer.js";
import { type MarkedTokenizer, markedTokenizer } from "./marked.js";
import { maskFor } from "./mask.js";

/**
 * Writes conversations down with a tokenizer's own template, through its own engine. Control tokens are the template's
 * alone: where a message spells one, its text is encoded like any other text, as Hugging Face's `split_special_tokens`
 * does. Of a prompt in which no message spells one, the tokens are those that its text has.
 *
 * Two things are the template's own affair. Markers that are no tokens (`[INST]` in the first Mistral models) can't be
 * told from words. And a template that looks for control tokens in what was said doesn't find them.
 * @param endTokens ids at which the model's generation ends
 */
export function chatWriter(
  source: HubTokenizer,
  endTokens: readonly number[],
): Pick<ChatTokenizer, "chatPrompt" | "chatTokens" | "toolFormat"> {
  let controls: RegExp | undefined;
  let marked: MarkedTokenizer | undefined;

  function write(messages: readonly ChatMessage[], tools: readonly Tool[] = []) {
    controls ??= controlTokens(source, endTokens, (probe) => render(source, probe, []));
    const mask = maskFor([messages, tools]);
    const text = render(source, mask.hide(messages, controls), mask.hide(tools, controls));
    return { text, mask, controls };
  }

  return {
    ...(takesTools(source.chat_template) && { toolFormat: "hermes" }),
    chatPrompt(messages, tools) {
      const { text, mask } = write(messages, tools);
      return mask.show(text);
    },
    chatTokens(messages, tools) {
      const { text, mask, controls } = write(messages, tools);
      if (mask.show(text) === text) return source.encode(text, { add_special_tokens: false });
      marked ??= markedTokenizer(source, controls);
      return marked.encode(mask.show(marked.mark(text)));
    },
  };
}

function render(source: HubTokenizer, messages: readonly ChatMessage[], tools: readonly Tool[]): string {
  const asFunction = <Value extends object>(value: Value) => ({ type: "function", function: value });
  const written = messages.map(({ role, content, toolCalls = [] }) => ({
    role,
    content,
    ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(asFunction) }),
  }));
  const options = { tokenize: false, add_generation_prompt: true } as const;
  try {
    return String(
      source.apply_chat_template(written, {
        ...options,
        ...(tools.length > 0 && { tools: tools.map(asFunction) }),
      }),
    );
  } catch (error) {
    // Templates raise errors of their own, such as for roles that don't alternate.
    const { message } = error as Error;
    throw new PromptError(`the chat template can't write these messages down: ${message}`, { cause: error });
  }
}

/** Whether a template reads `tools` and writes calls as Hermes models do: Qwen 2.5 and 3, Hermes and others. */
function takesTools(template: unknown): boolean {
  return typeof template === "string" && /\btools\b/.test(template) && template.includes("<tool_call>");
}
