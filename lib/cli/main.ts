import { CommanderError } from "commander";
import { closedPipe } from "./closedPipe.js";
import { buildProgram } from "./program.js";
import { exitCodeOf, oneLine } from "./report.js";

// The first Ctrl-C stops decoding and lets the program end by itself, the second ends it at once.
const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort(new Error("interrupted")));

const pipe = closedPipe(process.stdout);

try {
  await buildProgram(AbortSignal.any([interrupt.signal, pipe])).parseAsync(process.argv);
} catch (error) {
  // Commander has already said what is wrong with the arguments, or shown the help that was asked for.
  const said = error instanceof CommanderError || pipe.aborted;
  if (!said) process.stderr.write(`logitbook: ${oneLine(error)}\n`);
  process.exitCode = interrupt.signal.aborted ? 130 : exitCodeOf(error);
}
if (pipe.aborted) process.exitCode = 0;
