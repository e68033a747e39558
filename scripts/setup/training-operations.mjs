import fs from "node:fs";
import path from "node:path";
import { buildOptions, compile, NODE_API, NODE_SHIM } from "./compiler.mjs";
import { temporaryFolder } from "./context.mjs";
import { runCommand } from "./process.mjs";
import { listFiles } from "./stamp.mjs";

/** @typedef {import("./context.mjs").Context} Context */

const SOURCES = "lib/native";
const BUILT = `${SOURCES}/build/training.node`;

/** A layer of one step with one row, of which all is 0. */
const TRIAL = `${NODE_SHIM}
const tf = require("@tensorflow/tfjs-node-gpu");
require(process.argv[1]);
const inputs = [[1, 1, 64], [64, 16], [1, 16], [1, 16]].map((shape) => tf.zeros(shape));
const [outputs] = tf.backend().executeMultipleOutputs("LogitbookLstm", [], inputs, 3);
if (outputs.abs().sum().dataSync()[0] !== 0) process.exit(1);`;

/** What the operations are made of, relative to `root`. @param {string} root */
export function trainingSources(root) {
  return listFiles(root, SOURCES, (name) => name === "build");
}

/**
 * Compiles the operations of `lib/native/training` for this machine's processor, against TensorFlow's library. The
 * binding, which is loaded first, has brought that library: so the module need not know where it lies.
 * @param {Context} context @param {import("./compiler.mjs").NativeBuild} build
 * @param {string} library folder of TensorFlow's library
 * @returns {Promise<string>} the module, relative to the project's folder
 */
export async function compileTrainingOperations(context, build, library) {
  const { root } = context;
  const fresh = path.join(temporaryFolder(context), "training.node");
  const sources = trainingSources(root).filter((file) => /\/training\/[^/]+\.cc$|\/team\.cc$/.test(file));
  await compile(context, build, [
    ...["-std=c++20", "-O3", "-ffp-contract=off", "-march=native", "-Wall", "-Wextra", "-Wno-psabi"],
    ...["-fPIC", "-fvisibility=hidden", "-pthread", "-shared", `-DNAPI_VERSION=${NODE_API}`],
    ...["-I", path.join(root, "node_modules", "node-api-headers", "include")],
    ...["-I", path.join(root, library, "include")],
    ...sources.map((file) => path.join(root, file)),
    ...["-o", fresh, "-L", path.join(root, library), "-l:libtensorflow_framework.so.2"],
  ]);
  await runCommand(process.execPath, ["-e", TRIAL, fresh], { ...buildOptions(context, build), append: true });
  fs.mkdirSync(path.dirname(path.join(root, BUILT)), { recursive: true });
  fs.renameSync(fresh, path.join(root, BUILT));
  return BUILT;
}
