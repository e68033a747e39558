import { OptionError, PromptError } from "../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../core/options.js";
import { hasPrefixCache } from "../core/prefixCaching.js";
import type { ChatMessage, ChatTokenizer, OpenModel, Tokens } from "../core/types.js";
import type { TracedToken } from "../decoding/index.js";
import { tracedToken } from "../decoding/trace/token.js";
import type { Conversation, Turn } from "./conversation.js";
import { spansOf } from "./spans.js";

/** A token of a prompt, and whose words it belongs to. */
export interface PromptToken extends TracedToken {
  /** `template` for what the chat template adds: markers, line breaks, a system prompt of its own. */
  readonly role: "system" | "user" | "assistant" | "template";
  /** The turn, by its number in the conversation; null for the system prompt and the template. */
  readonly turn: number | null;
  /** Whether the model remembered it, so that reading it cost nothing; set by `reply`. */
  readonly cached: boolean;
}

/** What a model is sent for a conversation. */
export interface ChatPrompt {
  readonly kind: "chatPrompt";
  readonly text: string;
  readonly tokens: readonly PromptToken[];
  /** Turns that had no room, oldest first. */
  readonly cut: readonly Turn[];
  /** The most tokens that the prompt may have. */
  readonly budget: number;
}

export interface PromptOptions {
  /** The most tokens of the prompt. Default: the model's context. */
  readonly budget?: number;
}

const names: OptionNames<PromptOptions> = { budget: true };

/**
 * Writes a conversation down as its model's chat template does. Where it is longer than the budget, the oldest
 * questions are left out, each with its answer, until the rest fits: no turn is cut in half, and the system prompt
 * and the last question always stay. Control tokens that somebody typed are sent as the text they are.
 * @throws OptionError for a model without a template, or a budget below 1; PromptError where what has to stay
 * doesn't fit
 */
export async function chatPrompt(
  open: OpenModel,
  conversation: Conversation,
  options: PromptOptions = {},
): Promise<ChatPrompt> {
  assertKnownOptions(options, names);
  const { budget = open.model.contextLength } = options;
  if (!Number.isInteger(budget) || budget < 1)
    throw new OptionError("budget", budget, "a whole number from 1");
  const tokenizer = templateOf(open);
  const { messages, turns } = conversation;
  const systems = messages.length - turns.length;
  const lastStart = Math.max(
    0,
    turns.findLastIndex(({ role }) => role === "user"),
  );
  for (let first = 0; ; first += 2) {
    const kept = [...messages.slice(0, systems), ...messages.slice(systems + first)];
    const text = tokenizer.chatPrompt(kept);
    const ids = tokenizer.chatTokens(kept);
    if (ids.length <= budget) {
      const cached = await cachedLength(open, ids);
      const tokens = withRoles(text, ids, kept, tokenizer, first - systems, cached);
      return { kind: "chatPrompt", text, tokens, cut: turns.slice(0, first), budget };
    }
    if (first >= lastStart) {
      throw new PromptError(
        `the last question takes ${ids.length} tokens with what must stand before it, but there is room for ${budget}: ` +
          "shorten it or the system prompt",
      );
    }
  }
}

/** The ids of a prompt. */
export function promptIds({ tokens }: ChatPrompt): Tokens {
  return tokens.map(({ token }) => token);
}

function templateOf({ name, tokenizer }: OpenModel): ChatTokenizer {
  if ("chatPrompt" in tokenizer) return tokenizer;
  throw new OptionError("model", name, "one with a chat template (this one only continues texts)");
}

/** The last token is always read, since its scores are wanted. */
async function cachedLength({ model }: OpenModel, ids: Tokens): Promise<number> {
  if (!hasPrefixCache(model)) return 0;
  const [length] = await model.cachedLengths([ids]);
  return Math.min(length, ids.length - 1);
}

/** What lies between the messages' words is the template's. */
function withRoles(
  text: string,
  ids: Tokens,
  messages: readonly ChatMessage[],
  tokenizer: ChatTokenizer,
  firstTurn: number,
  cached: number,
): PromptToken[] {
  const spans = spansOf(text, messages, tokenizer);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let from = 0;
  return ids.map((token, position) => {
    const at = spans.findIndex(({ start, end }) => from >= start && from < end);
    from += decoder.decode(tokenizer.tokenBytes(token), { stream: true }).length;
    const role = (messages[at]?.role ?? "template") as PromptToken["role"];
    const turn = at < 0 || role === "system" ? null : at + firstTurn;
    return { ...tracedToken(token, tokenizer), role, turn, cached: position < cached };
  });
}
