import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";

/** Starts one of this package's scripts in a thread, with the program's options for Node.js. */
export function startThread(
  script: "worker" | "convert-worker" | "constraint-worker",
  workerData: unknown,
): Worker {
  // Asked for by package name, so that tests of the sources run the built script.
  const file = createRequire(import.meta.url).resolve(`logitbook/${script}`);
  const kept = withoutInputType(process.execArgv);
  // Handed down unasked, options for V8 are fine; given to a thread by name they are an error.
  return new Worker(file, { workerData, ...(kept.length < process.execArgv.length && { execArgv: kept }) });
}

/** `--input-type` tells the language of a program given as text; Node.js starts no script from a file with it. */
function withoutInputType(options: readonly string[]): string[] {
  return options.filter(
    (option, at) => !option.startsWith("--input-type") && options[at - 1] !== "--input-type",
  );
}
