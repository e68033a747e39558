import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

/** Name of the model that set-up brings. */
export const DEFAULT_MODEL = "smollm2";

/**
 * Where models are kept: the environment variable LOGITBOOK_MODELS, else `data/models` of the repository, or, where the
 * library is installed as a package, `logitbook/models` in the user's cache. Converted models lie in it by name,
 * downloads under `hub/`.
 */
export function modelsDirectory(): string {
  const configured = process.env.LOGITBOOK_MODELS;
  if (configured) return path.resolve(configured);
  const manifest = createRequire(import.meta.url).resolve("logitbook/package.json");
  return modelsBeside(
    path.dirname(manifest),
    process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"),
  );
}

/** npm empties the folders that it installs packages into. */
export function modelsBeside(library: string, cache: string): string {
  const installed = library.split(path.sep).includes("node_modules");
  return installed ? path.join(cache, "logitbook", "models") : path.resolve(library, "..", "data", "models");
}
