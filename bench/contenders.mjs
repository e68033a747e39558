import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Contender } from "./contender.mjs";
import { nodeLlamaCpp, pytorch, weights } from "./tools.mjs";

/** @typedef {"exact" | "fast"} Precision */

/**
 * @typedef {object} Entrant
 * @property {readonly Precision[]} precisions that it can be compared in
 * @property {(precision: Precision) => readonly [string, ...string[]]} command
 * @property {readonly string[]} files that must be there for it to run
 * @property {((torch: string | undefined) => import("../scripts/setup/runner.mjs").Step)} [install]
 */

const runner = (/** @type {string} */ name) => fileURLToPath(new URL(`runners/${name}`, import.meta.url));
const nodePackage = path.join(nodeLlamaCpp.folder, "node_modules", "node-llama-cpp");

/**
 * All who can run, this project's own loop first. llama.cpp rounds activations to 8 bits, as `fast` does; PyTorch
 * computes in single precision, as `exact` does, and is what beams are compared with in both.
 * @type {Readonly<Record<string, Entrant>>}
 */
export const CONTENDERS = {
  logitbook: {
    precisions: ["exact", "fast"],
    command: (precision) => [process.execPath, runner("logitbook.mjs"), precision],
    files: [],
  },
  "transformers.js": {
    precisions: ["exact", "fast"],
    command: (precision) => [process.execPath, runner("transformers-js.mjs"), weights.standard, precision],
    files: [path.join(weights.standard, "config.json")],
  },
  "node-llama-cpp": {
    precisions: ["fast"],
    command: () => [process.execPath, runner("node-llama-cpp.mjs"), nodePackage, weights.gguf],
    files: [nodePackage, weights.gguf],
    install: () => nodeLlamaCpp.step,
  },
  pytorch: {
    precisions: ["exact", "fast"],
    command: () => [pytorch.python, runner("pytorch.py"), weights.gguf],
    files: [pytorch.python, weights.gguf],
    install: pytorch.step,
  },
};

/** Names of the contenders that can run here now. */
export function installed() {
  return Object.keys(CONTENDERS).filter((name) =>
    CONTENDERS[name]?.files.every((file) => fs.existsSync(file)),
  );
}

/**
 * @param {string} name
 * @param {Precision} precision
 */
export function startContender(name, precision) {
  const entrant = CONTENDERS[name];
  if (!entrant) throw new RangeError(`there is no contender ${name}`);
  const [command, ...args] = entrant.command(precision);
  return new Contender(name, command, args);
}
