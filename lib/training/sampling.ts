import path from "node:path";
import { drain } from "../core/drain.js";
import { OptionError } from "../core/errors.js";
import type { OpenModel } from "../core/types.js";
import { replaceFile } from "../core/writeFile.js";
import { decodeRecipe, type GeneratedSequence, slidingWindow } from "../decoding/index.js";
import { withText } from "../decoding/sequenceText.js";
import { inSection } from "./config/inSection.js";
import type { SamplingConfig } from "./config/samplingSchema.js";
import type { Sample } from "./events.js";

/** A sample with the tokens behind it, and its log-probability. */
export interface DetailedSample extends Sample {
  readonly sequences: readonly GeneratedSequence[];
}

/**
 * Samples what the config asks for: `auto` texts from nothing but the end-of-text token, named `auto_0` and on, then a
 * continuation of each prompt as the beginning of a text, named `manual_0` and on. Each text has a seed of its own, counted
 * up from the recipe's. Texts may be longer than the model's context: `slidingWindow` says how.
 * @throws OptionError if `auto` is asked of a tokenizer without an end of text; otherwise as `decodeRecipe`
 */
export async function* sampleTexts(
  open: OpenModel,
  config: SamplingConfig,
  signal?: AbortSignal,
): AsyncGenerator<DetailedSample> {
  for (const { name, prompt, decoding } of decodings(open, config, signal)) {
    const found = await drain(decoding());
    const sequences = found.map((sequence) => withText(sequence, open.tokenizer, config.recipe.stopStrings));
    yield { name, prompt, text: sequences[0]?.text ?? "", sequences };
  }
}

/**
 * Draws the first token of each text that the config asks for, so that what can't be sampled is known before a model is
 * trained.
 * @throws as `sampleTexts`, with fields as a run's configuration names them
 */
export async function assertSamples(open: OpenModel, config: SamplingConfig): Promise<void> {
  for (const { decoding } of await inSection("sampling", () => decodings(open, config))) {
    const steps = decoding();
    await inSection("sampling.recipe", () => steps.next());
    await steps.return([]);
  }
}

interface Decoding {
  readonly name: string;
  readonly prompt: string;
  readonly decoding: () => ReturnType<typeof decodeRecipe>;
}

function decodings(
  { model, tokenizer }: OpenModel,
  { auto, prompts, length, recipe }: SamplingConfig,
  signal?: AbortSignal,
): Decoding[] {
  const endless = slidingWindow(model);
  const start = tokenizer.endTokens.slice(0, 1);
  if (auto > 0 && start.length === 0) {
    throw new OptionError("auto", auto, "0: the tokenizer has no end of text to begin from");
  }
  const wanted = [
    ...Array.from({ length: auto }, (_, i) => ({ name: `auto_${i}`, prompt: "" })),
    ...prompts.map((prompt, i) => ({ name: `manual_${i}`, prompt })),
  ];
  return wanted.map(({ name, prompt }, i) => {
    const own = { ...recipe, seed: recipe.seed + i, maxNewTokens: length ?? recipe.maxNewTokens };
    const tokens = [...start, ...tokenizer.encode(prompt)];
    return {
      name,
      prompt,
      decoding: () => decodeRecipe(endless, tokenizer, tokens, own, { ...(signal && { signal }) }),
    };
  });
}

/** Writes each sample, its prompt before it, as `<name>.txt` into a folder. */
export async function writeSamples(directory: string, samples: readonly Sample[]): Promise<void> {
  for (const { name, prompt, text } of samples) {
    await replaceFile(path.join(directory, `${name}.txt`), prompt + text);
  }
}
