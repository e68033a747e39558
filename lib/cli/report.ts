import { CommanderError } from "commander";
import {
  ConfigError,
  CorpusError,
  ModelError,
  OptionError,
  PromptError,
  TokenizerError,
  TrainingError,
} from "../core/errors.js";

/** Thrown for arguments that don't go together, or name what isn't there. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** 0 for help that was asked for, 2 for input that the caller can mend, 1 for everything else. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const mendable = [
    UsageError,
    OptionError,
    PromptError,
    ModelError,
    CorpusError,
    TokenizerError,
    ConfigError,
    TrainingError,
  ];
  return mendable.some((kind) => error instanceof kind) ? 2 : 1;
}

/** An error's message on one line. */
export function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, " ");
}

/** Milliseconds that a file may take before it is worth a word: those on this machine are there at once. */
const QUIET = 500;

/** Shows a download on stderr, on one line that is rewritten; says nothing where stderr is not a terminal. */
export function downloadReporter(
  now = () => performance.now(),
): (progress: { file: string; loaded: number; total: number }) => void {
  if (!process.stderr.isTTY) return () => {};
  const began = new Map<string, number>();
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  return ({ file, loaded, total }) => {
    const first = began.get(file) ?? now();
    began.set(file, first);
    if (now() - first < QUIET) return;
    const end = loaded >= total ? "\r\u001b[K" : "";
    process.stderr.write(`\r\u001b[K${file}  ${megabytes(loaded)} of ${megabytes(total)} MB${end}`);
  };
}
