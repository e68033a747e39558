import type { ChatMessage } from "../core/types.js";
import type { HubAddedToken, HubTokenizer } from "./hubTokenizer.js";
import { anyOf } from "./special.js";

/** What a template is asked to write, to see what it puts around turns. */
const PROBE: readonly ChatMessage[] = [
  { role: "user", content: "a" },
  { role: "assistant", content: "b" },
  { role: "user", content: "c" },
];

/**
 * Finds a tokenizer's control tokens in text: those that it declares special, those that end a generation, and those
 * that the template writes around turns although nobody declared them special, as role markers of some tokenizers.
 * Other added tokens, such as `<think>`, are words that a message may hold.
 * @param write the template; one that can't write the probe shows nothing by it
 */
export function controlTokens(
  source: HubTokenizer,
  endTokens: readonly number[],
  write: (messages: readonly ChatMessage[]) => string,
): RegExp {
  const declared = new Set([...endTokens, ...source.all_special_ids]);
  const probed = probe(write);
  const isControl = ({ id, content, special }: HubAddedToken) =>
    special === true || declared.has(id) || probed.split(content).length > 2;
  const added = source._tokenizerJSON.added_tokens ?? [];
  return anyOf(added.filter(isControl).map(({ content }) => content));
}

function probe(write: (messages: readonly ChatMessage[]) => string): string {
  try {
    return write(PROBE);
  } catch {
    return "";
  }
}
