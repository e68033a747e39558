import { Command } from "commander";
import { addGenerate } from "./generate.js";
import { addModels } from "./models.js";

/** The command line, one file per command. */
export function buildProgram(signal: AbortSignal): Command {
  const program = new Command("logitbook")
    .description("Language models one token at a time.")
    .configureOutput({ outputError: (text, write) => write(`logitbook: ${text.replace(/^error: /, "")}`) })
    .exitOverride()
    .showSuggestionAfterError();
  addGenerate(program, signal);
  addModels(program);
  return program;
}
