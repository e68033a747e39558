import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { freePort } from "../../scripts/free-port.mjs";
import { logFile, PROJECT } from "../../scripts/setup/context.mjs";
import { discard, obtain } from "../../scripts/setup/download.mjs";
import { runCommand } from "../../scripts/setup/process.mjs";
import { fingerprint } from "../../scripts/setup/stamp.mjs";
import { TOOLS, weights } from "../tools.mjs";

const FOLDER = `${TOOLS}/llama-server`;
const PROGRAM = `${FOLDER}/build/bin/llama-server`;

/** llama.cpp's sources as a registry carries them. @type {import("../../scripts/setup/download.mjs").Package} */
const SOURCES = {
  client: "pip",
  requirement: "llama-cpp-python==0.3.36",
  file: "llama_cpp_python-0.3.36.tar.gz",
  sha256: "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e",
  megabytes: 77,
  options: ["--no-binary=llama-cpp-python"],
};
const BUILD = {
  CMAKE_BUILD_TYPE: "Release",
  GGML_NATIVE: "ON",
  LLAMA_BUILD_SERVER: "ON",
  LLAMA_BUILD_TESTS: "OFF",
  LLAMA_BUILD_EXAMPLES: "OFF",
  LLAMA_BUILD_MTMD: "OFF",
  LLAMA_BUILD_UI: "OFF",
  LLAMA_CURL: "OFF",
  LLAMA_OPENSSL: "OFF",
};

export const howToGetLlamaServer = "node bench/serving/streams.mjs --with llama-server brings it";

/** llama.cpp's own server, compiled from the sources inside a Python package (minutes; a C++ compiler is needed). */
export const llamaServer = {
  /** Whether it can be started. */
  installed: () => fs.existsSync(path.join(PROJECT, PROGRAM)) && fs.existsSync(weights.gguf),
  /** @type {import("../../scripts/setup/runner.mjs").Step} */
  step: {
    name: "bench-llama-server",
    title: "llama.cpp's server",
    megabytes: 600,
    stamp: () => `${FOLDER}/.setup.json`,
    key: () => fingerprint(SOURCES.sha256, JSON.stringify(BUILD), process.platform, process.arch),
    async run(context, progress) {
      const folder = path.join(context.root, FOLDER);
      const common = {
        cwd: context.root,
        env: context.env,
        ...logFile(context, "bench-llama-server"),
        append: true,
        wayOut: [
          "install a C++ compiler (on Debian and Ubuntu `apt-get install g++`), and run the command again",
        ],
      };
      fs.rmSync(folder, { recursive: true, force: true });
      fs.mkdirSync(folder, { recursive: true });
      progress.update(`${SOURCES.megabytes} MB from the Python package index`);
      const archive = await obtain(SOURCES, context);
      await runCommand("tar", ["-xzf", archive, "-C", folder, "--strip-components=1"], common);
      discard(SOURCES, context);
      progress.update("bringing cmake");
      const venv = path.join(folder, "venv");
      if (!context.python) throw new Error("the Python environment comes before llama.cpp");
      await runCommand(context.python.python, ["-m", "venv", venv], common);
      const bin = path.join(venv, "bin");
      await runCommand(path.join(bin, "python"), ["-m", "pip", "install", "cmake", "ninja"], common);
      const env = { ...context.env, PATH: `${bin}${path.delimiter}${context.env.PATH ?? ""}` };
      const definitions = Object.entries(BUILD).map(([name, value]) => `-D${name}=${value}`);
      const places = ["-S", path.join(folder, "vendor", "llama.cpp"), "-B", path.join(folder, "build")];
      const cmake = path.join(bin, "cmake");
      await runCommand(cmake, ["-G", "Ninja", ...places, ...definitions], { ...common, env });
      await runCommand(path.join(bin, "ninja"), ["-C", path.join(folder, "build"), "llama-server"], {
        ...common,
        env,
        onLine: (line) => progress.update(/^\[\d+\/\d+\]/.exec(line)?.[0] ?? "compiling"),
      });
      return { files: [PROGRAM] };
    },
  },
};

/**
 * Starts it with the default model's own GGUF file, on two threads, and waits until it serves.
 * @param {{ slots: number, contextLength: number }} options `contextLength` is each slot's
 * @returns {Promise<{ url: string, stop: () => Promise<unknown> }>}
 */
export async function startLlamaServer({ slots, contextLength }) {
  const port = await freePort();
  const sizes = ["-np", String(slots), "-c", String(slots * contextLength), "-t", "2"];
  const place = ["--host", "127.0.0.1", "--port", String(port), "--no-webui"];
  const args = ["-m", weights.gguf, "-a", "smollm2", ...sizes, ...place];
  const child = spawn(path.join(PROJECT, PROGRAM), args, { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${url}/health`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null) throw new Error(`llama-server ended with status ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    stop() {
      child.kill("SIGKILL");
      return ended;
    },
  };
}
