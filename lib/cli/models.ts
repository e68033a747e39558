import type { Command } from "commander";
import { listModels, type ModelEntry } from "../models/catalog.js";
import { modelsDirectory } from "../models/modelsDirectory.js";

const HELP = `
Models that are not listed open by name too:
  owner/name         from the hub, in transformers.js layout, downloaded once
  path/to/file.gguf  llama architecture in F32, F16, Q4_0, Q4_1 or Q8_0, converted once
  path/to/directory  in transformers.js layout
The environment variable LOGITBOOK_MODELS moves the place where models are kept.`;

/** `logitbook models`: what can be opened without a network. */
export function addModels(program: Command): void {
  program
    .command("models")
    .description("list the models on this machine")
    .option("--json", "print one JSON array and nothing else")
    .addHelpText("after", HELP)
    .action(async ({ json }: { json?: true }) => {
      const models = await listModels();
      process.stdout.write(json ? `${JSON.stringify(models)}\n` : table(models));
    });
}

function table(models: readonly ModelEntry[]): string {
  if (models.length === 0) return `No models in ${modelsDirectory()} yet: run \`npm run setup\`.\n`;
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
