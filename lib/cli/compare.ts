import path from "node:path";
import type { Command } from "commander";
import { OptionError } from "../core/errors.js";
import { type ComparisonRow, type CompleteRecipe, compare } from "../decoding/index.js";
import { compareText } from "./compareText.js";
import { addDraftOptions, type DraftArguments, withModelAndDraft } from "./draftArguments.js";
import { addModelOptions, type ModelArguments } from "./modelArguments.js";
import { addPromptOptions, type PromptArguments, readPrompt } from "./promptArguments.js";
import { readRecipe } from "./recipeArguments.js";
import { append } from "./repeated.js";
import { UsageError } from "./report.js";
import { terminalOf } from "./terminal.js";
import { wholeNumber } from "./wholeNumber.js";

interface CompareArguments extends ModelArguments, DraftArguments, PromptArguments {
  readonly recipe: readonly string[];
  readonly seed?: number;
  readonly target?: string;
  readonly json?: true;
}

const HELP = `
Each recipe is a JSON file, and named by it. All run on the same prompt, one after the other.

With --json, stdout holds one object:
  { "model", "rows": [{ "recipe", "sequence", "text", "tokens", "logProbPerToken", "modelLogProbPerToken",
    "distinct1", "distinct2", "distinct3", "repetition", "selfBleu", "ended", "finishReason", "seconds" }] }
with null where a text is too short for a measure, or alone; with --target, "bleu" too.

Example:
  logitbook compare --prompt "Transformers are the" --recipe greedy.json --recipe nucleus.json --seed 7

Exit status: 0 done, 2 bad input (one line on stderr says what), 130 interrupted.`;

/** `logitbook compare`: what several recipes make of one prompt. */
export function addCompare(program: Command, signal: AbortSignal): void {
  const command = program
    .command("compare")
    .description("run several recipes on one prompt and measure them");
  addModelOptions(command)
    .option("--recipe <file>", "how to decode, as JSON; once for each recipe", append, [])
    .option("--seed <number>", "takes the place of the recipes' own seeds", wholeNumber(0))
    .option("--target <text>", "the text that is expected: measures each text's BLEU-4 against it");
  addDraftOptions(command);
  addPromptOptions(command)
    .option("--json", "print one JSON object and nothing else")
    .addHelpText("after", HELP)
    .action((options: CompareArguments) => run(options, signal));
}

async function run(options: CompareArguments, signal: AbortSignal): Promise<void> {
  const recipes = await readRecipes(options.recipe);
  const promptFor = await readPrompt(options);
  const { seed, target } = options;
  const onRecipe = options.json ? () => {} : reportProgress(Object.keys(recipes).length);
  const rows = await withModelAndDraft(options, Object.values(recipes), (open, given) =>
    compare(open, promptFor(open), recipes, {
      signal,
      onRecipe,
      ...given,
      ...(seed !== undefined && { seed }),
      ...(target !== undefined && { target }),
    }),
  );
  const text = options.json
    ? `${JSON.stringify({ model: options.model, rows })}\n`
    : compareText(rows, terminalOf(process.stdout, process.env));
  process.stdout.write(text);
}

/** The recipes by the names of their files, or by their whole paths where two files have one name. */
async function readRecipes(files: readonly string[]): Promise<Record<string, CompleteRecipe>> {
  if (files.length === 0) throw new UsageError("give recipes: --recipe FILE, once for each");
  const repeated = files.find((file, index) => files.indexOf(file) < index);
  if (repeated !== undefined) throw new UsageError(`--recipe: ${repeated} is given twice`);
  const short = files.map((file) => path.basename(file, ".json"));
  const recipes: [string, CompleteRecipe][] = [];
  for (const [index, file] of files.entries()) {
    const clash = short.filter((name) => name === short[index]).length > 1;
    const name = file === "-" ? "stdin" : clash ? file : short[index];
    recipes.push([name, await readRecipe(file).catch((error: unknown) => refuse(file, error))]);
  }
  return Object.fromEntries(recipes);
}

/** Says which of the files is at fault. */
function refuse(file: string, error: unknown): never {
  throw error instanceof OptionError ? new UsageError(`--recipe ${file}: ${error.message}`) : error;
}

/** On a terminal, a line on stderr that says how far it is. */
function reportProgress(count: number): (rows: readonly ComparisonRow[]) => void {
  if (!process.stderr.isTTY) return () => {};
  let done = 0;
  return ([{ recipe }]) => {
    done++;
    const line = done < count ? `${done} of ${count} recipes done: ${recipe}` : "";
    process.stderr.write(`\r\u001b[K${line}`);
  };
}
