import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { buildOptions, compile, missingCompiler, NODE_API } from "../compiler.mjs";
import { temporaryFolder } from "../context.mjs";
import { runCommand } from "../process.mjs";
import { fingerprint, fingerprintFiles, listFiles } from "../stamp.mjs";

/** @typedef {import("../context.mjs").Context} Context */

const NAME = "native-decoder";
const SOURCES = "lib/native";
const BUILT = `${SOURCES}/build/decoder.node`;
const BUILD = { name: NAME, without: "onnxruntime computes the default model instead." };

/**
 * The decoder of `lib/native`, compiled for this machine's processor.
 * @type {import("../runner.mjs").Step}
 */
export const nativeDecoder = {
  name: NAME,
  title: "native decoder",
  megabytes: 10,
  optional: true,
  isWanted: ({ declined }) => !declined.has(NAME),
  stamp: () => `${path.posix.dirname(BUILT)}/.setup.json`,
  key: ({ root }) =>
    fingerprint(fingerprintFiles(root, sources(root)), compilerOptions().join(" "), processor()),
  obstacle: (context) => missingCompiler(context, BUILD),
  async run(context, progress) {
    progress.update("compiling");
    const fresh = path.join(temporaryFolder(context), "decoder.node");
    const files = sources(context.root).filter((file) => file.endsWith(".cc"));
    const headers = path.join("node_modules", "node-api-headers", "include");
    await compile(context, BUILD, [...compilerOptions(), "-I", headers, ...files, "-o", fresh]);
    progress.update("trying it");
    const trial =
      "const { createMatrix } = require(process.argv[1]); createMatrix(0, 2, 1, 2, new Uint8Array(8));";
    await runCommand(process.execPath, ["-e", trial, fresh], {
      ...buildOptions(context, BUILD),
      append: true,
    });
    const place = path.join(context.root, BUILT);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.renameSync(fresh, place);
    return { files: [BUILT] };
  },
};

/** @param {string} root */
function sources(root) {
  return listFiles(root, SOURCES, (name) => name === "build");
}

function compilerOptions() {
  return [
    ...["-std=c++20", "-O3", process.arch === "arm64" ? "-mcpu=native" : "-march=native"],
    ...["-fPIC", "-fvisibility=hidden", "-pthread", "-shared", `-DNAPI_VERSION=${NODE_API}`],
    ...(process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : []),
  ];
}

/** What the compiler builds for: on another processor the module is compiled anew. */
function processor() {
  const [first] = os.cpus();
  const flags = fs.existsSync("/proc/cpuinfo")
    ? /^(?:flags|Features)\s*:(.*)$/m.exec(fs.readFileSync("/proc/cpuinfo", "utf8"))?.[1]
    : undefined;
  return `${process.arch} ${first?.model} ${flags}`;
}
