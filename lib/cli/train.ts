import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { type Command, Option } from "commander";
import { replaceFile } from "../core/writeFile.js";
import {
  parseRunConfig,
  type RunConfig,
  type TemplateName,
  templateNames,
  templateText,
  train,
} from "../training/index.js";
import { addOverrideOption } from "./overrideOption.js";
import { readText } from "./readText.js";
import { UsageError } from "./report.js";
import { trainReporter } from "./trainReport.js";

interface TrainArguments {
  readonly set: readonly string[];
  readonly resume?: true;
  readonly init?: TemplateName;
  readonly json?: true;
}

const HELP = `
CONFIG is a YAML file; --init writes one, every line explained:
  logitbook train --init char char.yaml
  logitbook train char.yaml
  logitbook train char.yaml --set corpus.source=mytext.txt --set training.steps=500 --set out=runs/mine

A run is a folder: config.yaml with every default, tokenizer.json, history.csv, curve.html, curve.png where a Chromium
is found, samples/STEP/, checkpoints/STEP/. Ctrl-C saves; --resume goes on where the last checkpoint stands, and gives
the same losses as a run that was never interrupted:
  logitbook train char.yaml --resume        or        logitbook train runs/char --resume

A checkpoint opens with --model in every other command. One of a transformer opens in Python too:
  AutoModelForCausalLM.from_pretrained("runs/char/checkpoints/2000")

With --json, stdout holds one object a line, as things happen: start, step, validation, samples, checkpoint, done.

Exit status: 0 done, 2 bad input (one line on stderr says what), 130 interrupted and saved.`;

/** `logitbook train`: trains a language model as a configuration says. */
export function addTrain(program: Command, signal: AbortSignal): void {
  const command = program
    .command("train")
    .description("train a small language model on your own text")
    .argument("[config]", "YAML file, or the folder of a run");
  addOverrideOption(command, "configuration")
    .option("--resume", "goes on with the run in the folder that the configuration names")
    .addOption(new Option("--init <kind>", "writes a configuration to begin with").choices(templateNames))
    .option("--json", "print one JSON object a line and nothing else")
    .addHelpText("after", HELP)
    .action((config: string | undefined, options: TrainArguments) =>
      options.init ? init(options.init, config) : run(config, options, signal),
    );
}

async function init(name: TemplateName, file = `${name}.yaml`): Promise<void> {
  if (existsSync(file)) throw new UsageError(`--init: ${file} exists already; give another name`);
  await replaceFile(file, templateText(name));
  process.stdout.write(`${file} written. Read it, then run: logitbook train ${file}\n`);
}

async function run(given: string | undefined, options: TrainArguments, signal: AbortSignal): Promise<void> {
  const { file, config } = await readConfig(given, options.set);
  const report = options.json ? jsonReport : trainReporter(config, process.stdout, process.stderr);
  const wanted = { file, signal, resume: options.resume === true };
  for await (const event of train(config, wanted)) {
    report(event);
    if (event.type === "done" && event.reason === "interrupted") {
      process.stderr.write(
        `logitbook: interrupted and saved; go on with: logitbook train ${event.run} --resume\n`,
      );
      process.exitCode = 130;
    }
  }
}

async function readConfig(
  given: string | undefined,
  overrides: readonly string[],
): Promise<{ file: string; config: RunConfig }> {
  if (given === undefined) throw new UsageError("train: give a configuration, or make one with --init char");
  const isFolder = existsSync(given) && statSync(given).isDirectory();
  if (isFolder && !existsSync(path.join(given, "config.yaml"))) {
    throw new UsageError(`train: there is no run in ${given}: it has no config.yaml`);
  }
  const file = isFolder ? path.join(given, "config.yaml") : given;
  return { file, config: parseRunConfig(await readText("train", file), { file, overrides }) };
}

function jsonReport(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
