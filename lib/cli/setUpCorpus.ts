import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { listCorpora } from "../training/corpus/index.js";
import { UsageError } from "./report.js";

/**
 * Brings a named corpus that is not here by the project's own set-up, which checks what it fetches and does nothing
 * twice. What it says goes to stderr.
 * @throws UsageError where there is no such project around this package, corpora are kept elsewhere, or set-up fails
 */
export async function setUpCorpus(name: string, signal: AbortSignal): Promise<void> {
  const entry = (await listCorpora()).find((corpus) => corpus.name === name);
  if (entry === undefined || entry.size !== undefined) return;
  const manifest = createRequire(import.meta.url).resolve("logitbook/package.json");
  const script = path.resolve(path.dirname(manifest), "..", "scripts", "setup.mjs");
  if (process.env.LOGITBOOK_CORPORA) {
    throw new UsageError(
      "--fetch: set-up brings corpora to data/corpora, but LOGITBOOK_CORPORA names another place",
    );
  }
  if (!existsSync(script)) throw new UsageError(`--fetch: there is no set-up at ${script} to bring ${name}`);
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"], signal });
  child.stdout.pipe(process.stderr, { end: false });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  if (status !== 0) throw new UsageError(`--fetch: set-up could not bring ${name}; it says why above`);
}
