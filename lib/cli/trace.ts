import type { Command } from "commander";
import { drain } from "../core/drain.js";
import type { OpenModel } from "../core/types.js";
import {
  type CompleteRecipe,
  growTree,
  startTree,
  type TraceOptions,
  type TreeOptions,
  trace,
  traceSteps,
  traceTree,
  treeSteps,
} from "../decoding/index.js";
import { addDraftOptions, type DraftArguments, withModelAndDraft } from "./draftArguments.js";
import { addModelOptions, type ModelArguments } from "./modelArguments.js";
import { addPromptOptions, type PromptArguments, readPrompt } from "./promptArguments.js";
import { readRecipe } from "./recipeArguments.js";
import { terminalOf } from "./terminal.js";
import { stepText, traceHead } from "./traceText.js";
import { treeEndText, treeHead, treeStepText } from "./treeText.js";
import { wholeNumber } from "./wholeNumber.js";
import { folded } from "./width.js";

interface TraceArguments extends ModelArguments, DraftArguments, PromptArguments {
  readonly recipe?: string;
  readonly top: number;
  readonly json?: true;
}

const HELP = `
For each step:
  the chosen token with its probability after the chain; what the model itself gave it, and its rank there; the entropy
  of the distribution before and after the chain
  the chain from left to right: after each stage the tokens left, and the probability that it removed
  the other candidates with their probability; ╱hatched╱ ones were removed, by the stage that is named

With --json, stdout holds one object, the library's \`Trace\`:
  { "recipe", "prompt", "steps": [{ "sequence", "position", "chosen", "logProb", "raw", "processed",
    "divergence", "stages": [{ "name", "tokensLeft", "entropy", "massRemoved", "massMoved" }], "candidates" }],
    "sequences" }

A recipe that searches with beams prints its tree instead: for each step the beams that run on or end, each with the node
that it continues, and ╱hatched╱ what was dropped; then why the search stopped, and what it found. With --json it is the
library's \`TracedTree\`:
  { "recipe", "prompt", "tree": { "nodes": [{ "id", "parent", "born", "ended", "state", "token", "text",
    "tokenLogProb", "logProb", "score" }], "steps", "frontier", "finished", "bounds", "stopped" }, "sequences" }

Example:
  logitbook trace --prompt "Transformers are the" --recipe recipe.json --top 8

Exit status: 0 done, 2 bad input (one line on stderr says what), 130 interrupted.`;

/** `logitbook trace`: says for every token how the model and the chain came to it. */
export function addTrace(program: Command, signal: AbortSignal): void {
  const command = program.command("trace").description("explain every token of a continuation");
  addModelOptions(command).option("--recipe <file>", "how to decode, as JSON; - reads stdin");
  addDraftOptions(command);
  addPromptOptions(command)
    .option("--top <count>", "how many of the likeliest tokens to follow", wholeNumber(1), 5)
    .option("--json", "print one JSON object and nothing else")
    .addHelpText("after", HELP)
    .action((options: TraceArguments) => run(options, signal));
}

async function run(options: TraceArguments, signal: AbortSignal): Promise<void> {
  const recipe = await readRecipe(options.recipe);
  const promptFor = await readPrompt(options);
  const print = options.json ? printJson : printText;
  await withModelAndDraft(options, [recipe], (open, given) =>
    print(open, promptFor(open), recipe, { top: options.top, signal, ...given }),
  );
}

async function printJson(
  open: OpenModel,
  prompt: string,
  recipe: CompleteRecipe,
  options: TraceOptions,
): Promise<void> {
  const traced =
    "numBeams" in recipe
      ? await traceTree(open, prompt, recipe, treeOptions(options))
      : await trace(open, prompt, recipe, options);
  process.stdout.write(`${JSON.stringify(traced)}\n`);
}

async function printText(
  open: OpenModel,
  prompt: string,
  recipe: CompleteRecipe,
  options: TraceOptions,
): Promise<void> {
  if ("numBeams" in recipe) return printTree(open, prompt, recipe, options);
  return printSteps(open, prompt, recipe, options);
}

/** Prints each step as soon as it is taken; where none can be, nothing. */
async function printSteps(
  open: OpenModel,
  prompt: string,
  recipe: CompleteRecipe,
  options: TraceOptions,
): Promise<void> {
  const terminal = terminalOf(process.stdout, process.env);
  const several = "numReturnSequences" in recipe && recipe.numReturnSequences > 1;
  let head = `${traceHead(terminal)}\n`;
  const sequences = await drain(traceSteps(open, prompt, recipe, options), (step) => {
    process.stdout.write(`${head}${stepText(step, terminal, several)}\n`);
    head = "";
  });
  const ends = { stop: "stopped", length: "reached its length", time: "ran out of time" };
  for (const [index, { tokens, logProb, finishReason }] of sequences.entries()) {
    const name = several ? `sequence ${index + 1}: ` : "";
    const sum = `log-probability ${logProb.toFixed(2)} nats`;
    const line = `${name}${ends[finishReason]} after ${tokens.length} tokens, ${sum}`;
    process.stdout.write(`${folded(line, "", terminal.width).join("\n")}\n`);
  }
}

/** Prints a beam search step by step, then what it found. */
async function printTree(
  open: OpenModel,
  prompt: string,
  recipe: Extract<CompleteRecipe, { numBeams: number }>,
  options: TraceOptions,
): Promise<void> {
  const terminal = terminalOf(process.stdout, process.env);
  let tree = startTree();
  await drain(treeSteps(open, prompt, recipe, treeOptions(options)), (step) => {
    if (step.step === 1) process.stdout.write(`${treeHead(terminal)}\n`);
    process.stdout.write(`${treeStepText(step, terminal)}\n`);
    tree = growTree(tree, step);
  });
  process.stdout.write(`${treeEndText(tree, recipe.lengthPenalty, terminal)}\n`);
}

/** A tree shows every beam, whatever the number of tokens to follow. */
function treeOptions({ top: _, ...options }: TraceOptions): TreeOptions {
  return options;
}
