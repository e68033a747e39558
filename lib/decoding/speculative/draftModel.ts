import { abortable } from "../../core/abort.js";
import { OptionError } from "../../core/errors.js";
import { softmax } from "../../core/rows.js";
import type { LanguageModel, Logits, Tokens } from "../../core/types.js";
import { assertCount } from "../assertCount.js";
import type { Chooser } from "../running.js";
import type { Draft, Drafter, DraftRequest } from "./types.js";

export interface DraftModelOptions {
  /** The most tokens to guess at a time. Default 20, as in Hugging Face. */
  readonly numAssistantTokens?: number;
  /** A guess ends with a token that the draft gives less than this probability, from 0 to 1. Default 0.4. */
  readonly assistantConfidenceThreshold?: number;
  /** A guess ends with one of these. Default none. */
  readonly stopTokens?: readonly number[];
}

/** A draft that is being written. */
interface Writing {
  readonly request: DraftRequest;
  readonly tokens: readonly number[];
  readonly rows: readonly Logits[];
  readonly done: boolean;
}

/**
 * Guesses with a smaller model, one token for every sequence per call.
 * @param choosers how each sequence chooses from the draft's scores; sampled drafts carry those scores along
 * @throws OptionError for options out of range
 */
export function modelDrafter(
  draft: LanguageModel,
  choosers: readonly Chooser[],
  sampled: boolean,
  options: DraftModelOptions = {},
): Drafter {
  const { numAssistantTokens = 20, assistantConfidenceThreshold = 0.4, stopTokens = [] } = options;
  assertCount("numAssistantTokens", numAssistantTokens);
  if (!(assistantConfidenceThreshold >= 0 && assistantConfidenceThreshold <= 1)) {
    throw new OptionError(
      "assistantConfidenceThreshold",
      assistantConfidenceThreshold,
      "a number from 0 to 1",
    );
  }
  const extend = (writing: Writing, raw: Logits): Writing => {
    const { request } = writing;
    const { process, sample } = choosers[request.sequence];
    const scores = process(raw, textOf(writing));
    const token = sample(scores);
    const tokens = [...writing.tokens, token];
    const unsure = assistantConfidenceThreshold > 0 && softmax(scores)[token] < assistantConfidenceThreshold;
    const done = unsure || stopTokens.includes(token) || tokens.length >= limitOf(request);
    return { request, tokens, rows: sampled ? [...writing.rows, scores] : [], done };
  };
  const limitOf = ({ tokens, room }: DraftRequest) =>
    Math.min(numAssistantTokens, room, draft.contextLength + 1 - tokens.length);
  return async (requests, signal) => {
    let drafts = requests.map((request): Writing => {
      return { request, tokens: [], rows: [], done: limitOf(request) <= 0 };
    });
    for (;;) {
      const open = drafts.filter(({ done }) => !done);
      if (open.length === 0) return drafts.map((writing) => toDraft(writing, sampled));
      signal?.throwIfAborted();
      const raw = await abortable(draft.nextLogits(open.map(textOf), signal), signal);
      const next = new Map(open.map((writing, index) => [writing, extend(writing, raw[index])]));
      drafts = drafts.map((writing) => next.get(writing) ?? writing);
    }
  };
}

function textOf({ request, tokens }: Writing): Tokens {
  return [...request.tokens, ...tokens];
}

function toDraft({ tokens, rows }: Writing, sampled: boolean): Draft {
  return sampled ? { tokens, rows } : { tokens };
}
