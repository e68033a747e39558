import { createRequire } from "node:module";
import path from "node:path";

/**
 * Where texts to train on are kept: the environment variable LOGITBOOK_CORPORA, else `data/corpora` beside this
 * package. Named ones lie in it by name, downloads under `downloads/`.
 */
export function corporaDirectory(): string {
  const configured = process.env.LOGITBOOK_CORPORA;
  if (configured) return path.resolve(configured);
  const manifest = createRequire(import.meta.url).resolve("logitbook/package.json");
  return path.resolve(path.dirname(manifest), "..", "data", "corpora");
}
