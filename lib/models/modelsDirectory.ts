import { createRequire } from "node:module";
import path from "node:path";

/** Name of the model that set-up brings. */
export const DEFAULT_MODEL = "smollm2";

/**
 * Where models are kept: the environment variable LOGITBOOK_MODELS, else `data/models` beside this package.
 * Converted models lie in it by name, downloads under `hub/`.
 */
export function modelsDirectory(): string {
  const configured = process.env.LOGITBOOK_MODELS;
  if (configured) return path.resolve(configured);
  const manifest = createRequire(import.meta.url).resolve("logitbook/package.json");
  return path.resolve(path.dirname(manifest), "..", "data", "models");
}
