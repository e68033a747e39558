import { readFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import { type Command, Option } from "commander";
import type { ChatMessage, OpenModel } from "../core/types.js";
import {
  type AnyStep,
  type Generated,
  generate,
  parseRecipe,
  type Recipe,
  stopStringFilter,
} from "../decoding/index.js";
import { DEFAULT_MODEL } from "../models/modelsDirectory.js";
import { openModel } from "../models/openModel.js";
import { textStream } from "../tokenizers/index.js";
import { downloadReporter, UsageError } from "./report.js";

interface GenerateArguments {
  readonly model: string;
  readonly precision?: "exact" | "fast";
  readonly dtype?: string;
  readonly device?: string;
  readonly offline?: true;
  readonly recipe?: string;
  readonly prompt?: string;
  readonly promptFile?: string;
  readonly chat?: string;
  readonly system?: string;
  readonly json?: true;
}

const HELP = `
A recipe is a JSON file that says how to decode:
  { "method": "sample", "maxNewTokens": 60, "seed": 1,
    "processors": [{ "type": "temperature", "t": 0.7 }, { "type": "topP", "p": 0.9 }] }
Without one, decoding is greedy. The same recipe gives the same tokens here, in a notebook and in the library.

The prompt is tokenized as it stands: special tokens such as <|im_start|> are recognised, none are added.
--chat writes it with the model's own chat template instead.

With --json, stdout holds one object:
  { "model", "promptTokens", "sequences": [{ "tokens", "text", "logProb", "score", "finishReason" }], "seconds" }

Examples:
  logitbook generate --prompt "Transformers are the"
  logitbook generate --chat "Why is the sky blue?" --precision fast
  echo '{"method":"sample","seed":3}' | logitbook generate --recipe - --prompt-file story.txt --json

Exit status: 0 done, 2 bad input (one line on stderr says what), 130 interrupted.`;

/** `logitbook generate`: continues a prompt as a recipe says. */
export function addGenerate(program: Command, signal: AbortSignal): void {
  program
    .command("generate")
    .description("continue a prompt")
    .option("--model <name>", "a model's name, directory, .gguf file or hub id", DEFAULT_MODEL)
    .addOption(
      new Option("--precision <precision>", "for models converted from GGUF (default: exact)").choices([
        "exact",
        "fast",
      ]),
    )
    .option("--dtype <type>", "for models in transformers.js layout: fp32, fp16, q8, q4 … (default: fp32)")
    .option("--device <device>", "for models in transformers.js layout: cpu, cuda … (default: cpu)")
    .option("--offline", "download nothing")
    .option("--recipe <file>", "how to decode, as JSON; - reads stdin")
    .addOption(new Option("--prompt <text>", "the text to continue").conflicts(["promptFile", "chat"]))
    .addOption(new Option("--prompt-file <file>", "a file with the text to continue").conflicts(["chat"]))
    .option("--chat <text>", "what a user says to the model")
    .option("--system <text>", "the system prompt, with --chat")
    .option("--json", "print one JSON object and nothing else")
    .addHelpText("after", HELP)
    .action((options: GenerateArguments) => run(options, signal));
}

async function run(options: GenerateArguments, signal: AbortSignal): Promise<void> {
  const recipe = await readRecipe(options.recipe);
  const written = await readPrompt(options);
  const { precision, dtype, device, offline } = options;
  const open = await openModel(options.model, {
    ...(precision && { precision }),
    ...(dtype && { dtype }),
    ...(device && { device }),
    ...(offline && { offline }),
    onProgress: downloadReporter(),
  });
  try {
    const prompt = typeof written === "string" ? written : chatPrompt(open, written);
    if (options.json) await printJson(open, prompt, recipe, signal);
    else await printText(open, prompt, recipe, signal);
  } finally {
    await open.model.dispose();
  }
}

async function printJson(
  open: OpenModel,
  prompt: string,
  recipe: Recipe,
  signal: AbortSignal,
): Promise<void> {
  const start = performance.now();
  const { promptTokens, sequences } = await generate(open, prompt, recipe, { signal });
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
  signal: AbortSignal,
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
  const generated = await generate(open, prompt, recipe, { signal, onStep: write });
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

async function readRecipe(file: string | undefined): Promise<Recipe> {
  if (file === undefined) return parseRecipe({ method: "greedy" });
  return parseRecipe(file === "-" ? await readAll(process.stdin) : await readText("--recipe", file));
}

async function readPrompt(options: GenerateArguments): Promise<string | ChatMessage[]> {
  const { prompt, promptFile, chat, system } = options;
  if (system !== undefined && chat === undefined) throw new UsageError("--system needs --chat");
  if (chat !== undefined) {
    const opening = system === undefined ? [] : [{ role: "system", content: system }];
    return [...opening, { role: "user", content: chat }];
  }
  if (promptFile !== undefined) return readText("--prompt-file", promptFile);
  if (prompt !== undefined) return prompt;
  throw new UsageError("give a prompt: --prompt TEXT, --prompt-file FILE or --chat TEXT");
}

async function readText(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`${option}: could not read ${file} (${(error as NodeJS.ErrnoException).code})`);
  }
}

function chatPrompt(open: OpenModel, messages: readonly ChatMessage[]): string {
  if (!("chatPrompt" in open.tokenizer)) throw new UsageError("--chat: this model has no chat template");
  return open.tokenizer.chatPrompt(messages);
}
