import fs from "node:fs";
import path from "node:path";
import { SetupError } from "../errors.mjs";
import { fingerprint, writeWhole } from "../stamp.mjs";

/** @typedef {import("../context.mjs").Context} Context */

/** Warnings of Node.js about what tslab and danfojs do, which no reader of a notebook can act on. */
const QUIET = ["--disable-warning=ExperimentalWarning", "--disable-warning=DEP0040"];

/**
 * The tslab kernel, known to Jupyter inside the Python environment, running this project's tslab.
 * @type {import("../runner.mjs").Step}
 */
export const kernel = {
  name: "kernel",
  title: "TypeScript kernel",
  megabytes: 1,
  stamp: (context) => path.join(kernelFolder(context), ".setup.json"),
  key: (context) => fingerprint(JSON.stringify(kernelSpec(context.root))),
  async run(context) {
    const file = path.join(kernelFolder(context), "kernel.json");
    keepForeign(file, context);
    writeWhole(file, `${JSON.stringify(kernelSpec(context.root), null, 2)}\n`);
    return { files: [file] };
  },
};

/**
 * What Jupyter starts: tslab itself, by full paths, so that no other Node.js or tslab gets in between.
 * @param {string} root
 */
export function kernelSpec(root) {
  const tslab = path.join(root, "node_modules", "tslab", "bin", "tslab");
  return {
    argv: [process.execPath, ...QUIET, tslab, "kernel", "--config-path", "{connection_file}"],
    display_name: "TypeScript",
    language: "typescript",
    metadata: { logitbook: root },
  };
}

/** @param {Context} context */
function kernelFolder({ python }) {
  if (!python)
    throw new SetupError("The Python environment is not known.", { wayOut: ["run the whole set-up"] });
  return path.join(python.prefix, "share", "jupyter", "kernels", "tslab");
}

/**
 * In somebody's conda environment there may be a tslab of theirs: it is kept beside.
 * @param {string} file
 * @param {Context} context
 */
function keepForeign(file, context) {
  if (context.python?.isOwn || !fs.existsSync(file)) return;
  if (!("logitbook" in (JSON.parse(fs.readFileSync(file, "utf8")).metadata ?? {})))
    fs.copyFileSync(file, `${file}.before`);
}
