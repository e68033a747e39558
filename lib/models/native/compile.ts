import { execFile } from "node:child_process";
import { readdir, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { LogitbookError } from "../../core/errors.js";
import { makeDirectory } from "../../core/makeDirectory.js";
import { modulePath, sourceDirectory } from "./place.js";

const run = promisify(execFile);

/** Version of Node-API that the sources are written for. */
const NODE_API = 8;

/** Makes a matrix: it throws where the processor lacks what the compiler has built for. */
const TRIAL =
  "const { createMatrix } = require(process.argv[1]); createMatrix(0, 2, 1, 2, new Uint8Array(8));";

/** What `compileDecoder` makes, and by what. */
export interface Compilation {
  /** A C++20 compiler that takes GCC's options: that of the environment variable CXX, or `g++`. */
  readonly compiler?: string;
  /** By the compiler's name for it; the one that it runs on unless told otherwise. */
  readonly processor?: string;
  /** Path of the module; where `openModel` looks for it unless told otherwise. */
  readonly place?: string;
}

/**
 * Compiles the native decoder, tries it, and puts it in its place, from where models that are opened afterwards use it.
 * @returns the module's path
 * @throws LogitbookError if there is no compiler, or it fails, or what it makes does not run
 */
export async function compileDecoder({
  compiler = process.env.CXX || "g++",
  processor = "native",
  place = modulePath(),
}: Compilation = {}): Promise<string> {
  const sources = sourceDirectory();
  const files = (await readdir(sources))
    .filter((name) => name.endsWith(".cc"))
    .map((name) => path.join(sources, name));
  const fresh = place.replace(/node$/, `${process.pid}.node`);
  await makeDirectory(path.dirname(place));
  try {
    const built = [...options(processor), "-I", headers(), ...files, "-o", fresh];
    await attempt(compiler, built, `the compiler \`${compiler}\` failed; it must know C++20`);
    const trial = ["-e", TRIAL, fresh];
    await attempt(process.execPath, trial, "the native decoder was compiled, but does not run");
    await rename(fresh, place);
  } finally {
    await rm(fresh, { force: true });
  }
  return place;
}

async function attempt(command: string, args: readonly string[], failure: string): Promise<void> {
  try {
    await run(command, args);
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code !== "ENOENT") throw new LogitbookError(`${failure}: ${stderr ?? error}`);
    throw new LogitbookError(
      `the compiler \`${command}\` is missing: install a C++ compiler (on Debian and Ubuntu ` +
        "`apt-get install g++`), or name another one in the environment variable CXX",
    );
  }
}

function headers(): string {
  const { include_dir } = createRequire(import.meta.url)("node-api-headers") as { include_dir: string };
  return include_dir;
}

function options(processor: string): string[] {
  const target = process.arch === "arm64" ? "-mcpu" : "-march";
  return [
    ...["-std=c++20", "-O3", "-ffp-contract=off", `${target}=${processor}`],
    ...["-fPIC", "-fvisibility=hidden", "-pthread", "-shared", `-DNAPI_VERSION=${NODE_API}`],
    ...(process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : []),
  ];
}
