import type { ChatMessage, ChatTokenizer } from "../core/types.js";

/** Characters of a text, the end not among them. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Where each message's words stand in the text that the template made of them; an empty span for words that it changed.
 * Each is looked for behind what the template writes before it, which is seen in the same messages with other words: so
 * that a message that says “user” isn't found in the marker of its role.
 */
export function spansOf(text: string, messages: readonly ChatMessage[], tokenizer: ChatTokenizer): Span[] {
  const wordOf = (at: number) => `words${at}of`;
  const frame = tokenizer.chatPrompt(messages.map((message, at) => ({ ...message, content: wordOf(at) })));
  let read = 0;
  let from = 0;
  return messages.map(({ content }, at) => {
    const place = frame.indexOf(wordOf(at), read);
    const before = frame.slice(read, Math.max(read, place));
    if (place >= 0) read = place + wordOf(at).length;
    if (text.startsWith(before, from)) from += before.length;
    // Some templates trim what was said.
    const words = [content, content.trim()].find((words) => text.indexOf(words, from) >= 0);
    if (words === undefined) return { start: 0, end: 0 };
    const start = text.indexOf(words, from);
    from = start + words.length;
    return { start, end: from };
  });
}
