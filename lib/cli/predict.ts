import path from "node:path";
import type { Command } from "commander";
import { replaceFile } from "../core/writeFile.js";
import { parseSamplingConfig, sampleTexts, writeSamples } from "../training/index.js";
import { addEngineOptions, type EngineArguments, type ModelArguments, withModel } from "./modelArguments.js";
import { addOverrideOption } from "./overrideOption.js";
import { readText } from "./readText.js";

interface PredictArguments extends EngineArguments {
  readonly sampling?: string;
  readonly set: readonly string[];
  readonly out: string;
}

const HELP = `
SAMPLING is a YAML or JSON file:
  auto: 2                       # texts that begin from nothing
  prompts: ["This movie was "]  # prompts to go on from
  length: 200                   # tokens to generate
  recipe:                       # as in \`logitbook generate --recipe\`
    { method: sample, seed: 1, processors: [{ type: topP, p: 0.95 }] }

Writes auto_0.txt, auto_1.txt …, manual_0.txt … and predictions.json:
  { "model", "sampling", "samples": [{ "name", "prompt", "text", "sequences": [{ "tokens", "logProb", … }] }] }

Examples:
  logitbook predict runs/char --out predictions
  logitbook predict runs/char/checkpoints/500 --sampling sampling.yaml --out early --set length=64`;

/** `logitbook predict`: samples texts from a trained model as a sampling file says. */
export function addPredict(program: Command, signal: AbortSignal): void {
  const command = program
    .command("predict")
    .description("sample texts from a trained model into files")
    .argument("<model>", "a run, one of its checkpoints, or any model that openModel opens");
  addEngineOptions(command).option(
    "--sampling <file>",
    "what to sample, as YAML or JSON (default: one text from nothing)",
  );
  addOverrideOption(command, "sampling")
    .requiredOption("--out <folder>", "where the texts are written")
    .addHelpText("after", HELP)
    .action((model: string, options: PredictArguments) => run({ ...options, model }, signal));
}

async function run(options: PredictArguments & ModelArguments, signal: AbortSignal): Promise<void> {
  const { sampling: file, set: overrides, out } = options;
  const text = file === undefined ? "{}" : await readText("--sampling", file);
  const sampling = parseSamplingConfig(text, { file: file ?? "sampling", overrides });
  await withModel(options, async (open) => {
    const samples = [];
    for await (const sample of sampleTexts(open, sampling, signal)) {
      samples.push(sample);
      await writeSamples(out, [sample]);
      process.stdout.write(`${path.join(out, `${sample.name}.txt`)}\n`);
    }
    const predictions = { model: open.name, sampling, samples };
    await replaceFile(path.join(out, "predictions.json"), `${JSON.stringify(predictions, null, 2)}\n`);
  });
}
