import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { jupyterVariables } from "../setup/jupyter.mjs";
import { countNotebooks, countTests, one, sum } from "./counts.mjs";

/**
 * @typedef {import("../setup/context.mjs").Context} Context
 * @typedef {import("./counts.mjs").Count} Count
 * @typedef {object} Stage
 * @property {string} name as `--only` takes it
 * @property {string} title
 * @property {(context: Context, filters: readonly string[], fast: boolean) => Promise<Count>} run
 */

/** What `--fast` leaves out: recorded decodes of the default model, notebooks made to fail, and the browser. */
const LONG = ["tests/decoding/reference.test.ts", "tests/notebooks/**", "tests/web/**"];

/** @type {Stage} */
const lint = {
  name: "lint",
  title: "Lint and format",
  run: async (context) => one((await script(context, "@biomejs/biome/bin/biome", ["check", "."])) === 0),
};

/** @type {Stage} */
const types = {
  name: "types",
  title: "Types of library, tests, bench, scripts and page",
  async run(context) {
    const codes = [];
    for (const project of ["lib", ".", "scripts"]) {
      codes.push(await script(context, "typescript/bin/tsc", ["-p", project, "--noEmit"]));
    }
    codes.push(await run(context, process.execPath, [path.join(context.root, "scripts", "check-page.mjs")]));
    const failed = codes.filter((code) => code !== 0).length;
    return { passed: codes.length - failed, failed, skipped: 0 };
  },
};

/** @type {Stage} */
const lib = {
  name: "lib",
  title: "Tests",
  async run(context, filters, fast) {
    const report = await freshReport(context, "vitest.json");
    const excluded = fast ? LONG.map((files) => `--exclude=${files}`) : [];
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const code = await script(context, "vitest/vitest.mjs", ["run", ...reporters, ...excluded, ...filters]);
    return countTests(readReport(report), code);
  },
};

/** @type {Stage} */
const notebooks = {
  name: "notebooks",
  title: "Notebooks",
  async run(context, filters) {
    const stored = await runNotebooks(context, "stored-outputs.json", ["--check-committed", ...filters]);
    const executed = await runNotebooks(context, "notebooks.json", filters);
    return sum([stored, executed]);
  },
};

/** @param {Context} context @param {string} name @param {readonly string[]} args */
async function runNotebooks(context, name, args) {
  const report = await freshReport(context, name);
  const execute = path.join(context.root, "tests", "notebooks", "execute.py");
  const python = context.python?.python ?? "python3";
  const code = await run(context, python, [execute, "--json", report, ...args]);
  return countNotebooks(readReport(report), code);
}

/** @type {readonly Stage[]} */
export const STAGES = [lint, types, lib, notebooks];

/** @param {Context} context @param {string} name */
async function freshReport(context, name) {
  const report = path.join(context.root, ".setup", "reports", name);
  await fs.promises.mkdir(path.dirname(report), { recursive: true });
  await fs.promises.rm(report, { force: true });
  return report;
}

/** @param {string} file */
function readReport(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : undefined;
}

/**
 * Runs a script of a package with this Node.js.
 * @param {Context} context
 * @param {string} file
 * @param {readonly string[]} args
 */
function script(context, file, args) {
  return run(context, process.execPath, [path.join(context.root, "node_modules", file), ...args]);
}

/**
 * Runs a command to its end; tests find Jupyter where set-up put it.
 * @param {Context} context
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<number>} its exit code
 */
function run(context, command, args) {
  const env = { ...jupyterVariables(context), LOGITBOOK_PYTHON: context.python?.python };
  const child = spawn(command, args, { cwd: context.root, env, stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve) => {
    child.on("error", (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
