import fs from "node:fs";
import path from "node:path";
import { logFile } from "../context.mjs";
import { BY_HAND } from "../download.mjs";
import { EnvironmentFileError, parseEnvironmentFile, pipRequirement } from "../environment-file.mjs";
import { SetupError } from "../errors.mjs";
import { runCommand } from "../process.mjs";
import { condaEnvironment, findPython, ownEnvironment } from "../python.mjs";
import { fingerprint, fingerprintFiles, writeWhole } from "../stamp.mjs";

/** @typedef {import("../context.mjs").Context} Context */

const FILE = "environment.yml";
/** JupyterLab runs a JavaScript file of its own from .venv, which the project's `"type": "module"` must not reach. */
const PLAIN_SCRIPTS = '{ "type": "commonjs" }\n';

/**
 * The Python environment of environment.yml: an active conda environment that satisfies it, else an own .venv.
 * @type {import("../runner.mjs").Step}
 */
export const pythonEnvironment = {
  name: "python-environment",
  title: "Python environment",
  megabytes: 400,
  async prepare(context) {
    context.python ??=
      (await condaEnvironment(readEnvironmentFile(context), context.env)) ?? ownEnvironment(context.root);
  },
  stamp: ({ python }) => (python?.isOwn === false ? ".setup/conda-environment.json" : ".venv/.setup.json"),
  key: ({ root, python }) => fingerprint(fingerprintFiles(root, [FILE]), python?.prefix ?? ""),
  async run(context, progress) {
    const environment = context.python ?? ownEnvironment(context.root);
    if (!environment.isOwn)
      return { files: [environment.python], note: `the active conda environment ${environment.prefix}` };
    const file = readEnvironmentFile(context);
    const python = await findPython(file, context.env);
    progress.update("making .venv");
    // What a killed run had started may still be writing in its last moments.
    fs.rmSync(environment.prefix, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    const common = {
      cwd: context.root,
      env: { ...context.env, PYTHONNOUSERSITE: "1" },
      ...logFile(context, "python-environment"),
    };
    await runCommand(python, ["-m", "venv", environment.prefix], {
      ...common,
      wayOut: ["install Python's venv module: on Debian and Ubuntu `apt-get install python3-venv`"],
    });
    await runCommand(environment.python, pipInstall(context, file.packages.map(pipRequirement)), {
      ...common,
      append: true,
      label: "pip",
      onLine: (line) => {
        const detail = pipDetail(line);
        if (detail) progress.update(detail);
      },
      wayOut: [
        "check the network, the proxy and pip's index (`pip config list`), and run the command again",
        `without a network: place the wheels in ${BY_HAND}/python (\`pip download -d ${BY_HAND}/python\` with the entries of ${FILE}, on a machine of the same kind), and run it with --offline`,
        `use a conda environment made by \`conda env create -f ${FILE}\`: activate it first`,
      ],
    });
    writeWhole(path.join(environment.prefix, "package.json"), PLAIN_SCRIPTS);
    return { files: [environment.python] };
  },
};

/** @param {Context} context @param {readonly string[]} requirements */
function pipInstall(context, requirements) {
  const wheels = path.join(context.root, BY_HAND, "python");
  const options = ["--no-input", "--disable-pip-version-check", "--progress-bar=off", "--no-compile"];
  const local = fs.existsSync(wheels) ? ["--find-links", wheels] : [];
  return [
    "-m",
    "pip",
    "install",
    ...options,
    ...local,
    ...(context.offline ? ["--no-index"] : []),
    ...requirements,
  ];
}

/**
 * What a line of pip's output tells about its progress.
 * @param {string} line
 */
function pipDetail(line) {
  const match = /^\s*(Collecting|Downloading|Installing) (\S+)/.exec(line);
  return match ? `${match[1].toLowerCase()} ${match[2].slice(0, 40)}` : undefined;
}

/** @param {Context} context */
function readEnvironmentFile(context) {
  try {
    return parseEnvironmentFile(fs.readFileSync(path.join(context.root, FILE), "utf8"));
  } catch (error) {
    if (!(error instanceof EnvironmentFileError)) throw error;
    throw new SetupError(`${error.message}.`, {
      wayOut: ["correct that line, in the form of the lines around it"],
    });
  }
}
