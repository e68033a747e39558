import type { Command } from "commander";
import { distinctDocuments, evaluateModel, openCorpus } from "../training/index.js";
import { addEngineOptions, type EngineArguments, type ModelArguments, withModel } from "./modelArguments.js";
import { wholeNumber } from "./wholeNumber.js";

interface EvaluateArguments extends EngineArguments {
  readonly column?: string;
  readonly maxTokens?: number;
  readonly json?: true;
}

const HELP = `
Each document is predicted from an end-of-text token to the next, if the tokenizer has one; in windows that overlap by
half where it is longer than the context. Bits per character compare models with different tokenizers.

Examples:
  logitbook evaluate runs/char movie-reviews --max-tokens 20000
  logitbook evaluate smollm2 mytext.txt --json`;

/** `logitbook evaluate`: how well a model predicts a corpus. */
export function addEvaluate(program: Command, signal: AbortSignal): void {
  const command = program
    .command("evaluate")
    .description("measure how well a model predicts a text")
    .argument("<model>", "a run, one of its checkpoints, or any model that openModel opens")
    .argument("<corpus>", "a corpus by name, a file, a folder or a URL");
  addEngineOptions(command)
    .option("--column <name>", "where texts stand in a table")
    .option("--max-tokens <count>", "ends after this many tokens", wholeNumber(1))
    .option("--json", "print one JSON object and nothing else")
    .addHelpText("after", HELP)
    .action((model: string, corpus: string, options: EvaluateArguments) =>
      run({ ...options, model }, corpus, signal),
    );
}

async function run(
  options: EvaluateArguments & ModelArguments,
  source: string,
  signal: AbortSignal,
): Promise<void> {
  const { column, maxTokens, json } = options;
  const corpus = await openCorpus(source, { ...(column !== undefined && { column }), signal });
  await withModel(options, async (open) => {
    const texts = textsOf(corpus.documents());
    const found = await evaluateModel(open, texts, { signal, ...(maxTokens !== undefined && { maxTokens }) });
    const result = { model: open.name, corpus: corpus.name, ...found };
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : report(result));
  });
}

async function* textsOf(documents: ReturnType<typeof distinctDocuments>): AsyncGenerator<string> {
  for await (const { text } of distinctDocuments(documents)) yield text;
}

function report(result: Awaited<ReturnType<typeof evaluateModel>>): string {
  const { loss, bitsPerCharacter, perplexity, tokens, characters, documents } = result;
  const count = (value: number) => value.toLocaleString("en-US");
  return [
    `${loss.toFixed(4)} nats per token`,
    `${bitsPerCharacter.toFixed(4)} bits per character`,
    `${perplexity.toFixed(3)} perplexity per token`,
    `${count(tokens)} tokens, ${count(characters)} characters, ${count(documents)} documents\n`,
  ].join("\n");
}
