import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { slim } from "../../scripts/setup/slim.mjs";
import { temporaryFolder, writeFiles } from "./folders.js";

const here = `${process.platform}/${process.arch}`;
const elsewhere = process.platform === "win32" ? "linux/x64" : "win32/x64";

const KEPT = [
  `onnxruntime-node/bin/napi-v6/${here}/onnxruntime_binding.node`,
  `zeromq/build/${here}/node/addon.node`,
  "zeromq/build/manifest.json",
  "@tensorflow/tfjs/dist/tf.node.js",
  "@tensorflow/tfjs/dist/index.js",
  "@tensorflow/tfjs/dist/index.d.ts",
  "@tensorflow/tfjs-core/dist/tf-core.node.js",
  "@tensorflow/tfjs-core/dist/tensor.js",
  "other/tf.js",
  "other/data.map",
  "other/map.js",
];
const REMOVED = [
  `onnxruntime-node/bin/napi-v6/${elsewhere}/onnxruntime.dll`,
  `zeromq/build/${elsewhere}/node/addon.node`,
  "@tensorflow/tfjs/dist/tf.js",
  "@tensorflow/tfjs/dist/tf.min.js",
  "@tensorflow/tfjs/dist/tf.es2017.js",
  "@tensorflow/tfjs/dist/tf.fesm.min.js",
  "@tensorflow/tfjs/dist/tf.fesm.min.js.html",
  "@tensorflow/tfjs-backend-webgl/dist/tf-backend-webgl.es2017.min.js",
  "@tensorflow/tfjs/dist/miniprogram/index.js",
  "other/deep/index.js.map",
  "other/index.d.ts.map",
];

test("removes what this platform never loads, and nothing else", () => {
  const folder = temporaryFolder();
  writeFiles(folder, Object.fromEntries([...KEPT, ...REMOVED].map((name) => [name, "12345"])));
  expect(slim(folder)).toBe(REMOVED.length * 5);
  expect(KEPT.filter((name) => !existsSync(join(folder, name)))).toEqual([]);
  expect(REMOVED.filter((name) => existsSync(join(folder, name)))).toEqual([]);
});

test("leaves binaries alone where none is for this platform", () => {
  const folder = temporaryFolder();
  const name = `zeromq/build/${elsewhere}/node/addon.node`;
  writeFiles(folder, { [name]: "12345" });
  expect(slim(folder)).toBe(0);
  expect(existsSync(join(folder, name))).toBe(true);
});
