import fs from "node:fs";
import path from "node:path";
import { extractZipMember, zipMembers } from "../archive.mjs";
import { logFile, temporaryFolder } from "../context.mjs";
import { discard, obtain } from "../download.mjs";
import { SetupError } from "../errors.mjs";
import { runCommand } from "../process.mjs";
import { fingerprint, isStamped, writeStamp } from "../stamp.mjs";

/** @typedef {import("../context.mjs").Context} Context */

const NAME = "native-tensorflow";
const LIBRARY = ".setup/tensorflow";
const BINDING_SOURCES = "node_modules/@tensorflow/tfjs-node-gpu";
const NODE_API = 8;
const WITHOUT = "TensorFlow.js computes in JavaScript or WebAssembly instead.";

/**
 * TensorFlow's C library lies inside its Python wheel, and does not depend on the Python that the wheel is
 * for.
 * @type {import("../download.mjs").Package}
 */
const WHEEL = {
  client: "pip",
  requirement: "tensorflow-cpu==2.15.1",
  file: "tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
  sha256: "54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26",
  megabytes: 207,
  options: [
    "--only-binary=:all:",
    "--implementation=cp",
    "--python-version=3.11",
    "--abi=cp311",
    "--platform=manylinux2014_x86_64",
  ],
};

/**
 * The native backend of TensorFlow.js, compiled against TensorFlow's C library. Only training gains by it and it is
 * heavy, so it is made when asked for; from then on it is kept up to date.
 * @type {import("../runner.mjs").Step}
 */
export const nativeTensorflow = {
  name: NAME,
  title: "native TensorFlow",
  megabytes: 1100,
  optional: true,
  isWanted: ({ asked, root }) => asked.has(NAME) || fs.existsSync(path.join(root, LIBRARY, ".setup.json")),
  stamp: () => `${bindingFolder()}/.setup.json`,
  key: ({ root }) => fingerprint(WHEEL.sha256, root, String(NODE_API)),
  async run(context, progress) {
    const compiler = context.env.CXX || "g++";
    await checkMachine(context, compiler);
    await bringLibrary(context, (detail) => progress.update(detail));
    progress.update("compiling the binding");
    const binding = `${bindingFolder()}/tfjs_binding.node`;
    fs.mkdirSync(path.join(context.root, bindingFolder()), { recursive: true });
    const fresh = path.join(temporaryFolder(context), "tfjs_binding.node");
    await runCommand(compiler, compilerArguments(context, fresh), { ...common(context), append: true });
    fs.renameSync(fresh, path.join(context.root, binding));
    progress.update("trying it");
    const trial =
      'const tf = require("@tensorflow/tfjs-node-gpu"); if (tf.ones([2]).sum().dataSync()[0] !== 2) process.exit(1);';
    const shim = 'require("node:util").isNullOrUndefined ??= (value) => value == null;';
    await runCommand(process.execPath, ["-e", shim + trial], { ...common(context), append: true });
    return { files: [binding] };
  },
};

function bindingFolder() {
  return `${BINDING_SOURCES}/lib/napi-v${NODE_API}`;
}

/** @param {Context} context */
function common(context) {
  return {
    cwd: context.root,
    env: context.env,
    ...logFile(context, NAME),
    wayOut: [`${WITHOUT} The log tells what stopped the build: .setup/logs/${NAME}.log`],
  };
}

/** @param {Context} context @param {string} compiler */
async function checkMachine(context, compiler) {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new SetupError(`No TensorFlow library is known for ${process.platform} on ${process.arch}.`, {
      wayOut: [WITHOUT],
    });
  }
  const wayOut = [
    `${WITHOUT} Install a C++ compiler (on Debian and Ubuntu \`apt-get install g++\`) for the native one.`,
  ];
  try {
    await runCommand(compiler, ["--version"], { ...common(context), wayOut });
  } catch {
    throw new SetupError(`The compiler ${compiler} is missing.`, { wayOut });
  }
}

/** @param {Context} context @param {(detail: string) => void} tell */
async function bringLibrary(context, tell) {
  const stamp = path.join(context.root, LIBRARY, ".setup.json");
  if (isStamped(stamp, WHEEL.sha256, context.root)) return;
  tell(`${WHEEL.megabytes} MB from the Python package index`);
  const wheel = await obtain(WHEEL, context);
  const folder = path.join(context.root, LIBRARY);
  fs.rmSync(folder, { recursive: true, force: true });
  const members = zipMembers(wheel).filter(
    ({ name }) =>
      /^tensorflow\/(?:libtensorflow|include\/tensorflow\/|include\/tsl\/)/.test(name) && !name.endsWith("/"),
  );
  for (const [i, member] of members.entries()) {
    if (i % 100 === 0) tell(`unpacking ${i} of ${members.length} files`);
    const target = path.join(folder, member.name.slice("tensorflow/".length));
    fs.mkdirSync(path.dirname(target), { recursive: true });
    await extractZipMember(wheel, member, target);
  }
  const libraries = members
    .filter(({ name }) => name.includes(".so"))
    .map(({ name }) => `${LIBRARY}/${name.slice("tensorflow/".length)}`);
  writeStamp(stamp, WHEEL.sha256, context.root, libraries);
  discard(WHEEL, context);
}

/** @param {Context} context @param {string} output */
function compilerArguments({ root }, output) {
  const library = path.join(root, LIBRARY);
  const sources = path.join(root, BINDING_SOURCES, "binding");
  return [
    ...["-std=c++17", "-O2", "-fPIC", "-shared", `-DNAPI_VERSION=${NODE_API}`],
    ...[
      "-I",
      path.join(root, "node_modules", "node-api-headers", "include"),
      "-I",
      path.join(library, "include"),
    ],
    ...[path.join(sources, "tfjs_backend.cc"), path.join(sources, "tfjs_binding.cc"), "-o", output],
    ...[
      "-L",
      library,
      "-l:libtensorflow_cc.so.2",
      "-l:libtensorflow_framework.so.2",
      `-Wl,-rpath,${library}`,
    ],
  ];
}
