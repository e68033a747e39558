import fs from "node:fs";
import path from "node:path";
import { extractZipMember, zipMembers } from "../archive.mjs";
import { buildOptions, compile, missingCompiler, NODE_API, NODE_SHIM, processor } from "../compiler.mjs";
import { temporaryFolder } from "../context.mjs";
import { discard, obtain } from "../download.mjs";
import { explain } from "../errors.mjs";
import { runCommand } from "../process.mjs";
import { fingerprint, fingerprintFiles, isStamped, writeStamp } from "../stamp.mjs";
import { buildFor, chooseLibrary, hashesOf, thisMachine } from "../tensorflow-library.mjs";
import { compileTrainingOperations, trainingSources } from "../training-operations.mjs";

/** @typedef {import("../context.mjs").Context} Context */
/** @typedef {import("../tensorflow-library.mjs").Library} Library */

const NAME = "native-tensorflow";
const LIBRARY = ".setup/tensorflow";
const BINDING_SOURCES = "node_modules/@tensorflow/tfjs-node-gpu";
const BUILD = { name: NAME, without: "TensorFlow.js computes in JavaScript or WebAssembly instead." };
const OPERATIONS_BUILD = {
  name: NAME,
  without: "Recurrent layers are trained by TensorFlow's own operations instead.",
};

/**
 * The native backend of TensorFlow.js, compiled against TensorFlow's C library. The build for CUDA takes ten times the
 * download and has not been tried on a device: it is made when asked for; from then on it is kept up to date.
 * @type {import("../runner.mjs").Step}
 */
export const nativeTensorflow = {
  name: NAME,
  title: "native TensorFlow",
  megabytes: buildFor(thisMachine().hasNvidia).megabytes,
  optional: true,
  isWanted: ({ asked, declined, root }) =>
    !declined.has(NAME) &&
    (asked.has(NAME) || !thisMachine().hasNvidia || fs.existsSync(path.join(root, LIBRARY, ".setup.json"))),
  stamp: () => `${bindingFolder()}/.setup.json`,
  key: ({ root }) =>
    fingerprint(
      ...hashesOf(buildFor(thisMachine().hasNvidia)),
      ...[root, String(NODE_API), "stripped"],
      ...[fingerprintFiles(root, trainingSources(root)), processor()],
    ),
  obstacle: (context) => missingCompiler(context, BUILD),
  async run(context, progress) {
    const library = chooseLibrary(thisMachine());
    await bringLibrary(library, context, (detail) => progress.update(detail));
    progress.update("compiling the binding");
    const binding = `${bindingFolder()}/tfjs_binding.node`;
    fs.mkdirSync(path.join(context.root, bindingFolder()), { recursive: true });
    const fresh = path.join(temporaryFolder(context), "tfjs_binding.node");
    await compile(context, BUILD, compilerArguments(context, fresh));
    fs.renameSync(fresh, path.join(context.root, binding));
    progress.update("trying it");
    const trial =
      'const tf = require("@tensorflow/tfjs-node-gpu"); if (tf.ones([2]).sum().dataSync()[0] !== 2) process.exit(1);';
    await runCommand(process.execPath, ["-e", NODE_SHIM + trial], {
      ...buildOptions(context, BUILD),
      append: true,
    });
    progress.update("compiling operations for training");
    try {
      return { files: [binding, await compileTrainingOperations(context, OPERATIONS_BUILD, LIBRARY)] };
    } catch (error) {
      return { files: [binding], note: `${explain(error).message} ${OPERATIONS_BUILD.without}` };
    }
  },
};

function bindingFolder() {
  return `${BINDING_SOURCES}/lib/napi-v${NODE_API}`;
}

/** The library itself, and of its headers those that the binding includes. */
const PARTS =
  /^tensorflow\/(?:libtensorflow|include\/tensorflow\/c\/|include\/tsl\/c\/|include\/(?:tensorflow\/core|tsl)\/platform\/ctstring)/;
/** NVIDIA's libraries lie beside it, since the loader looks for them there. */
const COMPANION_PARTS = /^nvidia\/\w+\/lib\/lib[\w-]+\.so/;

/** @param {Library} library @param {Context} context @param {(detail: string) => void} tell */
async function bringLibrary(library, context, tell) {
  const stamp = path.join(context.root, LIBRARY, ".setup.json");
  const wanted = [library.wheel, ...library.companions];
  const key = fingerprint(...hashesOf(library), "stripped");
  if (isStamped(stamp, key, context.root)) return;
  fs.rmSync(path.join(context.root, LIBRARY), { recursive: true, force: true });
  for (const part of wanted) {
    tell(`${part.megabytes} MB from the Python package index`);
    const file = await obtain(part, context);
    tell(`unpacking ${part.requirement}`);
    for (const member of zipMembers(file)) {
      const target = placeOf(member.name);
      if (target) await unpack(file, member, path.join(context.root, LIBRARY, target));
    }
  }
  const libraries = fs.readdirSync(path.join(context.root, LIBRARY)).filter((name) => name.includes(".so"));
  tell("removing symbols that nothing looks up");
  const files = libraries.map((name) => `${LIBRARY}/${name}`);
  await withoutSymbols(files, context);
  writeStamp(stamp, key, context.root, [...files, `${LIBRARY}/include/tensorflow/c/c_api.h`]);
  for (const part of wanted) discard(part, context);
}

/** Where a file of a wheel goes within the library's folder; undefined for one that is not needed. @param {string} name */
function placeOf(name) {
  if (name.endsWith("/")) return undefined;
  if (PARTS.test(name)) return name.slice("tensorflow/".length);
  return COMPANION_PARTS.test(name) ? path.basename(name) : undefined;
}

/** @param {string} wheel @param {ReturnType<typeof zipMembers>[number]} member @param {string} target */
async function unpack(wheel, member, target) {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  await extractZipMember(wheel, member, target);
}

/** A quarter of the library; a machine without `strip` keeps it. @param {readonly string[]} files @param {Context} context */
async function withoutSymbols(files, context) {
  const tensorflow = files.filter((file) => file.includes("libtensorflow"));
  await runCommand("strip", ["--strip-unneeded", ...tensorflow], {
    ...buildOptions(context, BUILD),
    append: true,
  }).catch(() => {});
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
