import path from "node:path";
import { buildOptions, missingCompiler, processor } from "../compiler.mjs";
import { runCommand } from "../process.mjs";
import { fingerprint, fingerprintFiles, listFiles } from "../stamp.mjs";

const NAME = "native-decoder";
const SOURCES = "lib/native";
const BUILT = `${SOURCES}/build/decoder.node`;
const BUILD = { name: NAME, without: "onnxruntime computes the default model instead." };

/**
 * The decoder of `lib/native`, compiled for this machine's processor by the library's own command.
 * @type {import("../runner.mjs").Step}
 */
export const nativeDecoder = {
  name: NAME,
  title: "native decoder",
  megabytes: 10,
  optional: true,
  isWanted: ({ declined }) => !declined.has(NAME),
  stamp: () => `${path.posix.dirname(BUILT)}/.setup.json`,
  key: ({ root }) => fingerprint(fingerprintFiles(root, sources(root)), processor()),
  obstacle: (context) => missingCompiler(context, BUILD),
  async run(context, progress) {
    progress.update("compiling");
    await runCommand(process.execPath, [path.join("lib", "bin", "logitbook.mjs"), "native"], {
      ...buildOptions(context, BUILD),
      append: true,
    });
    return { files: [BUILT] };
  },
};

/** @param {string} root */
function sources(root) {
  return [
    ...listFiles(root, SOURCES, (name) => ["build", "training"].includes(name)),
    "lib/models/native/compile.ts",
  ];
}
