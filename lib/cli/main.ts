import { CommanderError } from "commander";
import { buildProgram } from "./program.js";
import { exitCodeOf, oneLine } from "./report.js";

// A reader that stops early, such as `head`, ends the program without a complaint.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

// The first Ctrl-C stops decoding and lets the program end by itself, the second ends it at once.
const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort(new Error("interrupted")));

try {
  await buildProgram(interrupt.signal).parseAsync(process.argv);
} catch (error) {
  // Commander has already said what is wrong with the arguments, or shown the help that was asked for.
  if (!(error instanceof CommanderError)) process.stderr.write(`logitbook: ${oneLine(error)}\n`);
  process.exitCode = interrupt.signal.aborted ? 130 : exitCodeOf(error);
}
