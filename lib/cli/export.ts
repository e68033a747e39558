import path from "node:path";
import { type Command, Option } from "commander";
import { exportOnnx } from "../models/trained/exportOnnx.js";

interface ExportArguments {
  readonly to: "onnx";
  readonly out?: string;
}

const HELP = `
onnx: a directory in the layout of transformers.js, in single precision. Stock transformers.js opens it, and so does
--model in every other command. Only transformers can be written so.

Examples:
  logitbook export runs/char --to onnx
  logitbook export runs/char/checkpoints/500 --to onnx --out early
  logitbook generate --model early --prompt "This movie was "`;

/** `logitbook export`: writes a trained model for other programs. */
export function addExport(program: Command): void {
  program
    .command("export")
    .description("write a trained transformer for transformers.js")
    .argument("<model>", "a run (its best checkpoint), a checkpoint, or a GPT-2 directory from Python")
    .addOption(new Option("--to <format>", "what to write").choices(["onnx"]).makeOptionMandatory())
    .option("--out <folder>", "where it is written (default: the folder onnx inside the model's)")
    .addHelpText("after", HELP)
    .action((model: string, options: ExportArguments) => run(model, options));
}

async function run(model: string, { out = path.join(model, "onnx") }: ExportArguments): Promise<void> {
  await exportOnnx(model, out);
  process.stdout.write(`${out}\n`);
}
