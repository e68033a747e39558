import fs from "node:fs";
import path from "node:path";

/** Changes with the rules below, so that a set-up made with older ones is made anew. */
export const SLIM_VERSION = "1";

const PLATFORM = `${process.platform}/${process.arch}`;

/**
 * Prebuilt binaries of all platforms that a package ships together: all but this platform's go.
 * @type {readonly { folder: string, depth: number }[]} `depth`: levels below `folder` that form `platform/processor`
 */
const BINARIES = [
  { folder: "onnxruntime-node/bin/napi-v6", depth: 2 },
  { folder: "zeromq/build", depth: 2 },
];

/** Browser bundles of TensorFlow.js: Node loads `tf*.node.js`, and type checkers and bundlers read the modules. */
const TENSORFLOW_BUNDLE =
  /^tf[a-z-]*\.(?:(?:es2017|fesm)(?:\.min)?\.js|min\.js|js|min\.js\.html|(?:es2017|fesm)\.min\.js\.html)$/;

/**
 * Removes from node_modules what no one loads on this platform: source maps, binaries of other platforms, browser
 * bundles of TensorFlow.js. `npm ci` brings everything back.
 * @param {string} modules path of node_modules
 * @returns {number} bytes removed
 */
export function slim(modules) {
  let removed = 0;
  for (const { folder, depth } of BINARIES) removed += keepPlatform(path.join(modules, folder), depth);
  for (const file of filesBelow(modules)) {
    if (!isNeedless(path.relative(modules, file).split(path.sep))) continue;
    removed += fs.statSync(file).size;
    fs.rmSync(file);
  }
  return removed;
}

/** @param {readonly string[]} parts of the path below node_modules */
function isNeedless(parts) {
  const name = parts[parts.length - 1];
  if (/\.(?:js|mjs|cjs|ts|mts|cts|css)\.map$/.test(name)) return true;
  if (parts[0] !== "@tensorflow" || parts[2] !== "dist") return false;
  return parts.length === 4 ? TENSORFLOW_BUNDLE.test(name) : parts[3] === "miniprogram";
}

/** @param {string} folder @param {number} depth */
function keepPlatform(folder, depth) {
  const platforms = foldersAt(folder, depth).map((below) => ({
    below,
    platform: path.relative(folder, below).split(path.sep).join("/"),
  }));
  if (!platforms.some(({ platform }) => platform === PLATFORM)) return 0; // an unknown layout stays as it is
  let removed = 0;
  for (const { below, platform } of platforms) {
    if (platform === PLATFORM) continue;
    for (const file of filesBelow(below)) removed += fs.statSync(file).size;
    fs.rmSync(below, { recursive: true });
  }
  return removed;
}

/** @param {string} folder @param {number} depth @returns {string[]} */
function foldersAt(folder, depth) {
  if (depth === 0) return [folder];
  if (!fs.existsSync(folder)) return [];
  const inside = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return inside.flatMap((entry) => foldersAt(path.join(folder, entry.name), depth - 1));
}

/**
 * Files below a folder; links are not followed.
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(folder) {
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  return entries.flatMap((entry) => {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(inside);
    return entry.isFile() ? [inside] : [];
  });
}
