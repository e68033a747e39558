import { type Command, Option } from "commander";
import type { OpenModel } from "../core/types.js";
import { DEFAULT_MODEL } from "../models/modelsDirectory.js";
import { openModel } from "../models/openModel.js";
import type { PretrainedOptions } from "../models/pretrained/openPretrained.js";
import { downloadReporter } from "./report.js";

/** How a command runs a model. */
export interface EngineArguments {
  readonly precision?: "exact" | "fast";
  readonly runtime?: "native" | "onnx";
  readonly dtype?: string;
  readonly device?: string;
  readonly offline?: true;
}

/** Which model a command runs, and how. */
export interface ModelArguments extends EngineArguments {
  readonly model: string;
}

export function addModelOptions(command: Command): Command {
  return addEngineOptions(
    command.option("--model <name>", "a model's name, directory, .gguf file or hub id", DEFAULT_MODEL),
  );
}

export function addEngineOptions(command: Command): Command {
  return command
    .addOption(precisionOption("--precision", "for models converted from GGUF (default: exact)"))
    .addOption(
      new Option(
        "--runtime <runtime>",
        "for models converted from GGUF (default: native where it is set up)",
      ).choices(["native", "onnx"]),
    )
    .option("--dtype <type>", "for models in transformers.js layout: fp32, fp16, q8, q4 … (default: fp32)")
    .option("--device <device>", "for models in transformers.js layout: cpu, cuda … (default: cpu)")
    .option("--offline", "download nothing");
}

export function precisionOption(name: string, description: string): Option {
  return new Option(`${name} <precision>`, description).choices(["exact", "fast"]);
}

/** Opens the model, lends it to `use`, and frees it in every case. */
export async function withModel<T>(
  { model, ...engine }: ModelArguments,
  use: (open: OpenModel) => Promise<T>,
): Promise<T> {
  const open = await openModel(model, engineOptions(engine));
  try {
    return await use(open);
  } finally {
    await open.model.dispose();
  }
}

/** What the arguments mean to `openModel`; downloads are shown on stderr. */
export function engineOptions({
  precision,
  runtime,
  dtype,
  device,
  offline,
}: EngineArguments): PretrainedOptions {
  return {
    ...(precision && { precision }),
    ...(runtime && { runtime }),
    ...(dtype && { dtype }),
    ...(device && { device }),
    ...(offline && { offline }),
    onProgress: downloadReporter(),
  };
}
