import type { Command } from "commander";
import type { OpenModel } from "../core/types.js";
import {
  type AnyStep,
  type Generated,
  type GenerateOptions,
  generate,
  type Recipe,
  stopStringFilter,
} from "../decoding/index.js";
import { textStream } from "../tokenizers/index.js";
import { addDraftOptions, type DraftArguments, withModelAndDraft } from "./draftArguments.js";
import { addModelOptions, type ModelArguments } from "./modelArguments.js";
import { addPromptOptions, type PromptArguments, readPrompt } from "./promptArguments.js";
import { readRecipe } from "./recipeArguments.js";

interface GenerateArguments extends ModelArguments, DraftArguments, PromptArguments {
  readonly recipe?: string;
  readonly json?: true;
}

const HELP = `
A recipe is a JSON file that says how to decode:
  { "method": "sample", "maxNewTokens": 60, "seed": 1,
    "processors": [{ "type": "temperature", "t": 0.7 }, { "type": "topP", "p": 0.9 }] }
Without one, decoding is greedy. The same recipe gives the same tokens here, in a notebook and in the library.
Its field "constraint" holds the text to one of these:
  { "choices": ["yes", "no"] }   { "regex": "[0-9]+" }   { "grammar": "root ::= [a-z]+" }
  { "jsonSchema": { "type": "object" } }                 { "json": true }

The prompt is tokenized as it stands: special tokens such as <|im_start|> are recognised, none are added.
--chat writes it with the model's own chat template instead.

With --json, stdout holds one object:
  { "model", "promptTokens", "sequences": [{ "tokens", "text", "logProb", "score", "finishReason" }], "seconds" }

Examples:
  logitbook generate --prompt "Transformers are the"
  logitbook generate --chat "Why is the sky blue?" --precision fast
  echo '{"method":"sample","seed":3}' | logitbook generate --recipe - --prompt-file story.txt --json
  echo '{"method":"greedy","constraint":{"choices":["Yes","No"]}}' |
    logitbook generate --recipe - --chat "Is fire hot?"
  echo '{"method":"speculative"}' |
    logitbook generate --recipe - --draft smollm2 --draft-precision fast --prompt "Transformers are the"

Exit status: 0 done, 2 bad input (one line on stderr says what), 130 interrupted.`;

/** `logitbook generate`: continues a prompt as a recipe says. */
export function addGenerate(program: Command, signal: AbortSignal): void {
  const command = program.command("generate").description("continue a prompt");
  addModelOptions(command).option("--recipe <file>", "how to decode, as JSON; - reads stdin");
  addDraftOptions(command);
  addPromptOptions(command)
    .option("--json", "print one JSON object and nothing else")
    .addHelpText("after", HELP)
    .action((options: GenerateArguments) => run(options, signal));
}

async function run(options: GenerateArguments, signal: AbortSignal): Promise<void> {
  const recipe = await readRecipe(options.recipe);
  const promptFor = await readPrompt(options);
  const print = options.json ? printJson : printText;
  await withModelAndDraft(options, [recipe], (open, given) =>
    print(open, promptFor(open), recipe, { signal, ...given }),
  );
}

async function printJson(
  open: OpenModel,
  prompt: string,
  recipe: Recipe,
  options: GenerateOptions,
): Promise<void> {
  const start = performance.now();
  const { promptTokens, sequences } = await generate(open, prompt, recipe, options);
  const seconds = (performance.now() - start) / 1000;
  process.stdout.write(`${JSON.stringify({ model: open.name, promptTokens, sequences, seconds })}\n`);
}

/**
 * Streams a single sequence. Several at once would run into each other, and beams take back what they wrote, so that
 * those are shown when done.
 */
async function printText(
  open: OpenModel,
  prompt: string,
  recipe: Recipe,
  options: GenerateOptions,
): Promise<void> {
  const stream = textStream(open.tokenizer);
  const filter = stopStringFilter(recipe.stopStrings ?? []);
  let streamed = false;
  const write = (step: AnyStep) => {
    if (step.kind !== "token" || step.sequence > 0) return;
    const ends = open.tokenizer.endTokens.includes(step.token);
    if (!several(recipe) && !ends) process.stdout.write(filter.push(stream.push(step.token)));
    streamed = !several(recipe);
  };
  const generated = await generate(open, prompt, recipe, { ...options, onStep: write });
  process.stdout.write(streamed ? `${filter.push(stream.flush())}${filter.flush()}\n` : listing(generated));
}

function several(recipe: Recipe): boolean {
  return "numReturnSequences" in recipe && (recipe.numReturnSequences ?? 1) > 1;
}

function listing({ sequences }: Generated): string {
  if (sequences.length === 1) return `${sequences[0].text}\n`;
  return sequences
    .map(({ text, logProb }, i) => `${i + 1}. log-probability ${logProb.toFixed(2)}\n${text}\n`)
    .join("\n");
}
