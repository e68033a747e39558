import { drain } from "../core/drain.js";
import { OptionError } from "../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../core/options.js";
import type { OpenModel } from "../core/types.js";
import {
  type Clock,
  type CompleteRecipe,
  decodeRecipe,
  type GeneratedSequence,
  parseRecipe,
  type Recipe,
} from "../decoding/index.js";
import { withText } from "../decoding/sequenceText.js";
import { answerText } from "./answerText.js";
import type { Conversation } from "./conversation.js";
import { type ChatPrompt, chatPrompt, promptIds } from "./prompt.js";

/** What an answer has cost. */
export interface ReplyCost {
  readonly promptTokens: number;
  /** Those of them that the model remembered from before. */
  readonly cachedTokens: number;
  readonly generatedTokens: number;
  /** From the question to the first token, and to the last. */
  readonly firstTokenSeconds: number;
  readonly seconds: number;
}

export interface Reply {
  /** The conversation with the answer in it. */
  readonly conversation: Conversation;
  readonly text: string;
  /** What the model was sent. */
  readonly prompt: ChatPrompt;
  readonly sequence: GeneratedSequence;
  readonly cost: ReplyCost;
}

export interface ReplyOptions {
  /** The most tokens of the prompt. Default: the context less the recipe's `maxNewTokens`, but half of it at least. */
  readonly budget?: number;
  readonly signal?: AbortSignal;
  /** Default `performance.now`. */
  readonly clock?: Clock;
}

const names: OptionNames<ReplyOptions> = { budget: true, signal: true, clock: true };

/**
 * Answers the last question of a conversation, and yields the answer's text as it grows: whole characters only. A
 * beam search yields it at its end, since it takes back what it wrote; of several sequences the first is the answer.
 * @throws OptionError where nothing was asked; otherwise as `chatPrompt` and `decodeRecipe`
 */
export async function* replyStream(
  open: OpenModel,
  conversation: Conversation,
  recipe: Recipe,
  options: ReplyOptions = {},
): AsyncGenerator<string, Reply> {
  assertKnownOptions(options, names);
  const { signal, clock = () => performance.now() } = options;
  if (!conversation.awaitsAnswer) {
    throw new OptionError("conversation", conversation.turns.length, "one whose last turn is the user's");
  }
  const { model, tokenizer } = open;
  const complete = parseRecipe(recipe);
  const started = clock();
  const budget = options.budget ?? replyBudget(model.contextLength, complete);
  const prompt = await chatPrompt(open, conversation, { budget });
  const steps = decodeRecipe(model, tokenizer, promptIds(prompt), complete, {
    ...(signal && { signal }),
    clock,
  });
  const pieces = answerText<undefined>(tokenizer, complete.stopStrings);
  let first: number | undefined;
  let streamed = false;
  try {
    for (;;) {
      const next = await steps.next();
      first ??= clock();
      if (next.done) {
        const sequence = withText(next.value[0], tokenizer, complete.stopStrings);
        const rest = streamed ? pieces.flush().text : sequence.text;
        if (rest !== "") yield rest;
        return replyOf(sequence, { started, first, ended: clock() });
      }
      const step = next.value;
      if (step.kind !== "token" || step.sequence > 0) continue;
      streamed = true;
      const { text } = pieces.push(step.token, undefined);
      if (text !== "") yield text;
    }
  } finally {
    await steps.return([]);
  }

  function replyOf(
    sequence: GeneratedSequence,
    { started, first, ended }: { started: number; first: number; ended: number },
  ): Reply {
    return {
      conversation: conversation.answer(sequence.text, complete),
      text: sequence.text,
      prompt,
      sequence,
      cost: {
        promptTokens: prompt.tokens.length,
        cachedTokens: prompt.tokens.filter(({ cached }) => cached).length,
        generatedTokens: sequence.tokens.length,
        firstTokenSeconds: (first - started) / 1000,
        seconds: (ended - started) / 1000,
      },
    };
  }
}

/**
 * Answers the last question of a conversation.
 * @param options `onText` is told the answer as it grows
 * @throws as `replyStream`
 */
export function reply(
  open: OpenModel,
  conversation: Conversation,
  recipe: Recipe,
  options: ReplyOptions & { readonly onText?: (text: string) => void } = {},
): Promise<Reply> {
  assertKnownOptions(options, { ...names, onText: true });
  const { onText, ...streamOptions } = options;
  return drain(replyStream(open, conversation, recipe, streamOptions), onText);
}

/** The most tokens of a prompt where nobody says otherwise: the rest of the context is the answer's, half at most. */
export function replyBudget(contextLength: number, { maxNewTokens }: CompleteRecipe): number {
  return Math.max(contextLength - maxNewTokens, Math.ceil(contextLength / 2));
}
