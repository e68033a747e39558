import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type * as XGrammar from "@mlc-ai/web-xgrammar";

/** XGrammar's grammar engine (Dong et al. 2024), WebAssembly with a memory of its own. */
export interface Engine {
  readonly xgrammar: typeof XGrammar;
  /** What it has complained about, line by line. */
  readonly complaints: readonly string[];
}

/**
 * Makes a function of a body. In a module of its own, so that the body can `import()` wherever this file runs: test
 * runners compile it into a script, from which nothing can be imported.
 */
const MODULE = "data:text/javascript,export const functionOf = (...parts) => new Function(...parts);";

/**
 * A new engine. A grammar at fault ends the engine that reads it, and all that lives in it; a dropped engine is
 * garbage like any other object.
 *
 * The package is written for CommonJS but declared an ES module, so that Node can neither import nor require it. Here
 * its text becomes the body of a function, with what it expects to find around it; complaints, which is where the
 * engine states the reasons of its errors, go to a list instead of the terminal.
 */
export async function newEngine(): Promise<Engine> {
  const file = createRequire(import.meta.url).resolve("@mlc-ai/web-xgrammar");
  const { functionOf } = (await import(/* @vite-ignore */ MODULE)) as { functionOf: FunctionConstructor };
  const body = await readFile(file, "utf8");
  const fill = functionOf("exports", "module", "require", "__filename", "console", body);
  const complaints: string[] = [];
  const report = (...parts: unknown[]) => void complaints.push(parts.join(" "));
  const module = { exports: {} as typeof XGrammar };
  fill(module.exports, module, createRequire(file), file, { log: report, warn: report, error: report });
  return { xgrammar: module.exports, complaints };
}
