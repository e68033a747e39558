import { Command } from "commander";
import { addChat } from "./chat.js";
import { addCompare } from "./compare.js";
import { addData } from "./data.js";
import { addEvaluate } from "./evaluate.js";
import { addExport } from "./export.js";
import { addGenerate } from "./generate.js";
import { addModels } from "./models.js";
import { addNative } from "./native.js";
import { addPredict } from "./predict.js";
import { refuseRepeated } from "./repeated.js";
import { addRuns } from "./runs.js";
import { addServe } from "./serve.js";
import { addTrace } from "./trace.js";
import { addTrain } from "./train.js";

/** The command line, one file per command. */
export function buildProgram(signal: AbortSignal): Command {
  const program = new Command("logitbook")
    .description("Language models one token at a time.")
    .configureOutput({ outputError: (text, write) => write(`logitbook: ${text.replace(/^error: /, "")}`) })
    .exitOverride()
    .showSuggestionAfterError();
  addGenerate(program, signal);
  addTrace(program, signal);
  addCompare(program, signal);
  addData(program, signal);
  addChat(program, signal);
  addServe(program, signal);
  addTrain(program, signal);
  addPredict(program, signal);
  addEvaluate(program, signal);
  addExport(program);
  addRuns(program);
  addModels(program, signal);
  addNative(program);
  refuseRepeated(program);
  return program;
}
