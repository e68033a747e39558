import type { Command } from "commander";
import { replaceFile } from "../core/writeFile.js";
import { chartPage } from "../training/curve/page.js";
import { listRuns, type RunSummary } from "../training/index.js";
import { comparisonSvg } from "../training/run/comparison.js";
import { UsageError } from "./report.js";

interface RunsArguments {
  readonly curves?: string;
  readonly json?: true;
}

const HELP = `
The best validation of each run counts. Bits per character compare runs with different tokenizers, if they read the
same corpus. --curves writes one page with the curves of all, in bits per character over tokens read.

Examples:
  logitbook runs
  logitbook runs runs/char runs/bpe --curves compared.html`;

/** `logitbook runs`: lists runs and compares them. */
export function addRuns(program: Command): void {
  program
    .command("runs")
    .description("list training runs and compare them")
    .argument("[folders...]", "runs, or folders of runs", ["runs"])
    .option("--curves <file>", "writes their curves over one another as an HTML page")
    .option("--json", "print one JSON array and nothing else")
    .addHelpText("after", HELP)
    .action((folders: string[], options: RunsArguments) => run(folders, options));
}

async function run(folders: readonly string[], { curves, json }: RunsArguments): Promise<void> {
  const runs = (await Promise.all(folders.map(listRuns))).flat();
  if (curves !== undefined) {
    if (runs.length === 0) throw new UsageError(`--curves: there are no runs in ${folders.join(", ")}`);
    await replaceFile(curves, chartPage("Runs compared", comparisonSvg(runs)));
  }
  if (json) process.stdout.write(`${JSON.stringify(runs.map(record))}\n`);
  else process.stdout.write(runs.length === 0 ? `No runs in ${folders.join(", ")} yet.\n` : table(runs));
}

function record({ name, root, config, progress, checkpoints }: RunSummary) {
  const { model, corpus, tokenizer, training } = config;
  return {
    name,
    root,
    model: model.architecture,
    tokenizer: tokenizer.kind,
    corpus: corpus.source,
    step: progress?.step ?? 0,
    steps: training.steps,
    seconds: progress?.seconds ?? 0,
    best: progress?.best ?? null,
    checkpoints,
  };
}

const headings = [
  "run",
  "model",
  "tokens",
  "corpus",
  "steps",
  "time, s",
  "best at",
  "nats/token",
  "bits/char",
  "perplexity",
];
const textColumns = 4;

function table(runs: readonly RunSummary[]): string {
  const rows = runs.map((summary) => {
    const { name, model, tokenizer, corpus, step, steps, seconds, best } = record(summary);
    const scores = best
      ? [
          String(best.step),
          best.loss.toFixed(3),
          best.bitsPerCharacter.toFixed(3),
          best.perplexity.toFixed(2),
        ]
      : ["–", "–", "–", "–"];
    return [name, model, tokenizer, corpus, `${step}/${steps}`, seconds.toFixed(0), ...scores];
  });
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (i < textColumns ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("   ");
  return all.map((row) => `${line(row)}\n`).join("");
}
