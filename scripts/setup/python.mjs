import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { pipRequirement } from "./environment-file.mjs";
import { SetupError } from "./errors.mjs";
import { satisfies } from "./version.mjs";

/**
 * @typedef {import("./environment-file.mjs").EnvironmentFile} EnvironmentFile
 * @typedef {{ prefix: string, python: string, isOwn: boolean }} PythonEnvironment where Jupyter lives; `isOwn`: the project's .venv
 * @typedef {{ version: string, hasVenv: boolean, executable: string, packages: Record<string, string | null> }} Probe
 */

const PROBE = `
import importlib.util, json, sys
from importlib import metadata
def version(name):
    try: return metadata.version(name)
    except metadata.PackageNotFoundError: return None
print(json.dumps({
    "version": ".".join(map(str, sys.version_info[:3])), "executable": sys.executable,
    "hasVenv": all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")),
    "packages": {name: version(name) for name in sys.argv[1:]},
}))`;

/**
 * Where an environment keeps its Python.
 * @param {string} prefix
 */
export function pythonOf(prefix) {
  return process.platform === "win32" ? path.join(prefix, "python.exe") : path.join(prefix, "bin", "python");
}

/**
 * The project's own environment.
 * @param {string} root
 * @returns {PythonEnvironment}
 */
export function ownEnvironment(root) {
  const prefix = path.join(root, ".venv");
  const python = process.platform === "win32" ? path.join(prefix, "Scripts", "python.exe") : pythonOf(prefix);
  return { prefix, python, isOwn: true };
}

/**
 * Asks a Python for its version and for those of packages.
 * @param {string} python
 * @param {readonly string[]} packages
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Probe | undefined>} nothing if it does not run
 */
export async function probePython(python, packages, env) {
  try {
    const { stdout } = await promisify(execFile)(python, ["-c", PROBE, ...packages], {
      env: { ...env, PYTHONNOUSERSITE: "1" },
      timeout: 30_000,
    });
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

/**
 * What an environment lacks of environment.yml.
 * @param {Probe} probe
 * @param {EnvironmentFile} file
 */
export function lacks(probe, file) {
  const python = satisfies(probe.version, file.python) ? [] : [`python (has ${probe.version})`];
  const packages = file.packages.filter(({ name, specifiers }) => {
    const version = probe.packages[name];
    return !version || !satisfies(version, specifiers);
  });
  return [
    ...python,
    ...packages.map((p) => `${pipRequirement(p)} (has ${probe.packages[p.name] ?? "none"})`),
  ];
}

/**
 * The active conda environment, if it is one that satisfies environment.yml.
 * @param {EnvironmentFile} file
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<PythonEnvironment | undefined>}
 */
export async function condaEnvironment(file, env) {
  const prefix = env.CONDA_PREFIX;
  if (!prefix || !fs.existsSync(pythonOf(prefix))) return undefined;
  const python = pythonOf(prefix);
  const probe = await probePython(
    python,
    file.packages.map((p) => p.name),
    env,
  );
  return probe && lacks(probe, file).length === 0 ? { prefix, python, isOwn: false } : undefined;
}

/**
 * A Python that can make the project's environment.
 * @param {EnvironmentFile} file
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>}
 * @throws {SetupError} if there is none, with all that were looked at
 */
export async function findPython(file, env) {
  const minors = [14, 13, 12, 11, 10].map((minor) => `python3.${minor}`);
  const candidates = [...(env.PYTHON ? [env.PYTHON] : []), "python3", "python", ...minors];
  const seen = [];
  for (const candidate of candidates) {
    const probe = await probePython(candidate, [], env);
    if (!probe) continue;
    const fits = satisfies(probe.version, file.python);
    if (fits && probe.hasVenv) return probe.executable;
    seen.push({ candidate, probe, fits });
  }
  const bounds = file.python.map((s) => s.operator + s.version).join(",");
  const tried =
    seen.length > 0
      ? seen.map((s) => `${s.candidate} is ${s.probe.version}`).join(", ")
      : candidates.join(", ");
  const noVenv = seen.find((s) => s.fits);
  if (noVenv) {
    throw new SetupError(`Python ${noVenv.probe.version} lacks its venv module.`, {
      tried,
      wayOut: [
        "install it: on Debian and Ubuntu `apt-get install python3-venv`",
        "name another Python: `PYTHON=/path/to/python3 npm start`",
      ],
    });
  }
  throw new SetupError(`No Python ${bounds} was found.`, {
    tried,
    wayOut: [
      "install Python 3 with its venv module: on Debian and Ubuntu `apt-get install python3-venv`, on macOS `brew install python`",
      "name the one to use: `PYTHON=/path/to/python3 npm start`",
    ],
  });
}
