import path from "node:path";
import { fileURLToPath } from "node:url";
import { withShortWaits } from "./npm.mjs";

/**
 * What every step knows.
 * @typedef {object} Context
 * @property {string} root the project's folder
 * @property {boolean} offline whether only what is already here may be used
 * @property {ReadonlySet<string>} asked names of extra steps that were asked for
 * @property {ReadonlySet<string>} declined names of steps that are to be left out
 * @property {NodeJS.ProcessEnv} env
 * @property {import("./python.mjs").PythonEnvironment | undefined} python set by the step that finds or makes it
 */

/** The project that this script belongs to. */
export const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * @param {{ root?: string, offline?: boolean, asked?: Iterable<string>, declined?: Iterable<string>, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Context}
 */
export function createContext(options = {}) {
  const { root = PROJECT, offline = false, asked = [], declined = [], env = process.env } = options;
  return {
    root,
    offline,
    asked: new Set(asked),
    declined: new Set(declined),
    env: withShortWaits(env),
    python: undefined,
  };
}

/**
 * Scratch space of set-up inside the project; git ignores it. Same disk as the results, so that renames are
 * atomic.
 * @param {Context} context
 */
export function temporaryFolder(context) {
  return path.join(context.root, ".setup", "tmp");
}

/**
 * Log of a step, as a path and as messages name it.
 * @param {Context} context
 * @param {string} name
 */
export function logFile(context, name) {
  const logName = `.setup/logs/${name}.log`;
  return { log: path.join(context.root, logName), logName };
}
