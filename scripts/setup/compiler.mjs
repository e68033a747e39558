import fs from "node:fs";
import os from "node:os";
import { logFile } from "./context.mjs";
import { SetupError } from "./errors.mjs";
import { runCommand } from "./process.mjs";

/** @typedef {import("./context.mjs").Context} Context */

/** Version of Node-API that native modules are written for. */
export const NODE_API = 8;

/** What tfjs-node 4.22.0 still calls, and Node 23 removed. */
export const NODE_SHIM = 'require("node:util").isNullOrUndefined ??= (value) => value == null;';

/**
 * A native module to build, and what there is instead where it can't be.
 * @typedef {{ name: string, without: string }} NativeBuild
 */

/**
 * How the commands of a build are run.
 * @param {Context} context @param {NativeBuild} build
 */
export function buildOptions(context, { name, without }) {
  return {
    cwd: context.root,
    env: context.env,
    ...logFile(context, name),
    wayOut: [`${without} The log tells what stopped the build: .setup/logs/${name}.log`],
  };
}

/** @param {Context} context @param {NativeBuild} build @param {readonly string[]} args */
export async function compile(context, build, args) {
  await runCommand(compilerOf(context), args, { ...buildOptions(context, build), append: true });
}

/** @param {Context} context @param {NativeBuild} build @returns {Promise<SetupError | undefined>} */
export async function missingCompiler(context, build) {
  try {
    await runCommand(compilerOf(context), ["--version"], buildOptions(context, build));
    return undefined;
  } catch {
    return new SetupError(`The compiler ${compilerOf(context)} is missing.`, {
      wayOut: [
        `${build.without} Install a C++ compiler (on Debian and Ubuntu \`apt-get install g++\`) for the native one.`,
      ],
    });
  }
}

/** @param {Context} context */
function compilerOf({ env }) {
  return env.CXX || "g++";
}

/** What compilers build for: on another processor a module is compiled anew. */
export function processor() {
  const [first] = os.cpus();
  const flags = fs.existsSync("/proc/cpuinfo")
    ? /^(?:flags|Features)\s*:(.*)$/m.exec(fs.readFileSync("/proc/cpuinfo", "utf8"))?.[1]
    : undefined;
  return `${process.arch} ${first?.model} ${flags}`;
}
