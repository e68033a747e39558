/** Finds the Python that holds JupyterLab, nbclient and the tslab kernel spec. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ownEnvironment, pythonOf } from "./setup/python.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));

/**
 * Path of the Python that LOGITBOOK_PYTHON names, else of the project's `.venv`, else of an active conda.
 * @param {NodeJS.ProcessEnv} environment
 * @throws an error that says how to get one
 */
export function findPython(environment = process.env) {
  const { LOGITBOOK_PYTHON: named, CONDA_PREFIX: conda } = environment;
  const candidates = named ? [named] : [ownEnvironment(root).python, ...(conda ? [pythonOf(conda)] : [])];
  const found = candidates.find((path) => existsSync(path));
  if (found) return found;
  const tried = candidates.join(" and ");
  throw new Error(
    `no Python for notebooks at ${tried}: \`npm run setup\` makes one, LOGITBOOK_PYTHON names one`,
  );
}
