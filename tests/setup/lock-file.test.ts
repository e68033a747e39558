import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { completePackages, missingPlatforms } from "../../scripts/complete-lock.mjs";

const text = readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8");
const { packages } = JSON.parse(text);

test("package-lock.json locks the builds for every platform (scripts/complete-lock.mjs adds them)", () => {
  expect(missingPlatforms(packages).map(({ name }) => name)).toEqual([]);
});

test("package-lock.json names no registry", () => {
  expect(text).not.toMatch(/"resolved": "(?:https?|git)/);
});

test("package-lock.json has one TensorFlow.js, shared by danfojs", () => {
  const unions = Object.keys(packages).filter((name) => /@tensorflow\/tfjs$/.test(name));
  expect(unions).toEqual(["node_modules/@tensorflow/tfjs"]);
  expect(packages["node_modules/@tensorflow/tfjs-node"]).toMatchObject({
    resolved: "scripts/shims/tfjs-node",
    link: true,
  });
});

test("missing builds are added beside their package, once", () => {
  const locked = {
    "node_modules/a": { version: "1.0.0" },
    "node_modules/a/node_modules/tool": {
      version: "2.0.0",
      dev: true,
      optionalDependencies: {
        "@tool/linux-x64-musl": "2.0.0",
        "tool-win32-ia32-msvc": "2.0.0",
        "@tool/darwin-arm64": "2.0.0",
      },
    },
    "node_modules/@tool/darwin-arm64": { version: "2.0.0" },
  };
  const complete = completePackages(locked);
  expect(complete["node_modules/a/node_modules/@tool/linux-x64-musl"]).toEqual({
    version: "2.0.0",
    cpu: ["x64"],
    dev: true,
    libc: ["musl"],
    optional: true,
    os: ["linux"],
  });
  expect(complete["node_modules/a/node_modules/tool-win32-ia32-msvc"]).toMatchObject({
    os: ["win32"],
    cpu: ["ia32"],
  });
  expect(Object.keys(complete)).toHaveLength(5);
  expect(missingPlatforms(complete)).toEqual([]);
});
