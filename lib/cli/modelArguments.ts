import { type Command, Option } from "commander";
import type { OpenModel } from "../core/types.js";
import { DEFAULT_MODEL } from "../models/modelsDirectory.js";
import { openModel } from "../models/openModel.js";
import { downloadReporter } from "./report.js";

/** Which model a command runs, and how. */
export interface ModelArguments {
  readonly model: string;
  readonly precision?: "exact" | "fast";
  readonly dtype?: string;
  readonly device?: string;
  readonly offline?: true;
}

/** @param named whether `--model` names it; false for commands that take it as an argument */
export function addModelOptions(command: Command, { named = true } = {}): Command {
  if (named)
    command.option("--model <name>", "a model's name, directory, .gguf file or hub id", DEFAULT_MODEL);
  return command
    .addOption(
      new Option("--precision <precision>", "for models converted from GGUF (default: exact)").choices([
        "exact",
        "fast",
      ]),
    )
    .option("--dtype <type>", "for models in transformers.js layout: fp32, fp16, q8, q4 … (default: fp32)")
    .option("--device <device>", "for models in transformers.js layout: cpu, cuda … (default: cpu)")
    .option("--offline", "download nothing");
}

/** Opens the model, lends it to `use`, and frees it in every case. */
export async function withModel<T>(
  { model, precision, dtype, device, offline }: ModelArguments,
  use: (open: OpenModel) => Promise<T>,
): Promise<T> {
  const open = await openModel(model, {
    ...(precision && { precision }),
    ...(dtype && { dtype }),
    ...(device && { device }),
    ...(offline && { offline }),
    onProgress: downloadReporter(),
  });
  try {
    return await use(open);
  } finally {
    await open.model.dispose();
  }
}
