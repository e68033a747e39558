import { answerText, type TextPiece } from "../../chat/answerText.js";
import { OptionError } from "../../core/errors.js";
import type { OpenModel, Tokens } from "../../core/types.js";
import {
  type CompleteRecipe,
  decodeRecipe,
  type FinishReason,
  type Sequence,
  type Step,
  type TraceStep,
} from "../../decoding/index.js";
import { withText } from "../../decoding/sequenceText.js";
import { traceStep } from "../../decoding/trace/step.js";
import { type DrawnBeamStep, drawnBeamStep } from "../beamJson.js";
import { type TokenEntry, tokenEntry } from "./logprobs.js";

/** What is told of one token, if it was asked for. */
export interface TokenDetail {
  readonly entry?: TokenEntry;
  readonly trace?: TraceStep;
}

/** One thing that happened to the answers of a prompt. */
export type ChoiceEvent =
  | ({ readonly kind: "text"; readonly index: number } & TextPiece<TokenDetail>)
  | { readonly kind: "end"; readonly index: number; readonly finishReason: FinishReason }
  | { readonly kind: "beams"; readonly step: DrawnBeamStep };

export interface ChoicesOptions {
  readonly recipe: CompleteRecipe;
  readonly signal: AbortSignal;
  /** How many of the likeliest tokens to tell beside each token; undefined for no log-probabilities. */
  readonly logprobs?: number | undefined;
  /** How many candidates to follow through the chain; undefined for no trace. */
  readonly trace?: number | undefined;
}

/**
 * Decodes a prompt into answers, and tells of each as it grows. Beam searches tell their frontier at every step, and
 * the answers' text at the end, since they take back what they wrote.
 * @throws OptionError for what a beam search can't tell; otherwise as `decodeRecipe`
 */
export async function* choices(
  { model, tokenizer }: OpenModel,
  prompt: Tokens,
  options: ChoicesOptions,
): AsyncGenerator<ChoiceEvent, Sequence[]> {
  const { recipe, signal, logprobs, trace } = options;
  const keepRows = logprobs !== undefined || trace !== undefined;
  const texts = new Map<number, ReturnType<typeof answerText<TokenDetail>>>();
  const steps = decodeRecipe(model, tokenizer, prompt, recipe, { signal, keepRows });
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done) {
        if (texts.size === 0) yield* wholeTexts(next.value);
        return next.value;
      }
      const step = next.value;
      if (step.kind === "token") yield* told(step);
      else if (logprobs === undefined)
        yield { kind: "beams", step: drawnBeamStep(step, prompt.length, tokenizer) };
      else throw new OptionError("logprobs", logprobs, "left out: a beam search goes back on its tokens");
    }
  } finally {
    await steps.return([]);
  }

  function* told(step: Step): Generator<ChoiceEvent> {
    const { sequence: index, finishReason } = step;
    const text = texts.get(index) ?? answerText<TokenDetail>(tokenizer, recipe.stopStrings);
    texts.set(index, text);
    yield { kind: "text", index, ...text.push(step.token, detailOf(step)) };
    if (finishReason === undefined) return;
    yield { kind: "text", index, ...text.flush() };
    yield { kind: "end", index, finishReason };
  }

  function detailOf(step: Step): TokenDetail {
    return {
      ...(logprobs !== undefined &&
        step.rows && { entry: tokenEntry(step.rows.raw, step.token, logprobs, tokenizer) }),
      ...(trace !== undefined && { trace: traceStep(step, prompt.length, trace, tokenizer) }),
    };
  }

  function* wholeTexts(sequences: readonly Sequence[]): Generator<ChoiceEvent> {
    for (const [index, sequence] of sequences.entries()) {
      const { text } = withText(sequence, tokenizer, recipe.stopStrings);
      yield { kind: "text", index, text, told: [], offsets: [] };
      yield { kind: "end", index, finishReason: sequence.finishReason };
    }
  }
}
