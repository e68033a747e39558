import { logFile } from "./context.mjs";
import { SetupError } from "./errors.mjs";
import { runCommand } from "./process.mjs";

/** @typedef {import("./context.mjs").Context} Context */

/** Version of Node-API that native modules are written for. */
export const NODE_API = 8;

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
