import { describe, expect, test } from "vitest";
import { missingBinaries, thisPlatform } from "../../scripts/setup/locked-packages.mjs";
import { temporaryFolder, writeFiles } from "./folders.js";
import { ROOT } from "./processes.js";

const packages = {
  "node_modules/tool": {},
  "node_modules/@tool/linux-x64-gnu": { optional: true, os: ["linux"], cpu: ["x64"], libc: ["glibc"] },
  "node_modules/@tool/linux-x64-musl": { optional: true, os: ["linux"], cpu: ["x64"], libc: ["musl"] },
  "node_modules/@tool/darwin-arm64": { optional: true, os: ["darwin"], cpu: ["arm64"] },
  "node_modules/@tool/wasm32": { optional: true, cpu: ["wasm32"] },
  "node_modules/needed-by-wasm": { optional: true },
};

describe("binaries of packages", () => {
  test.each([
    [{ os: "linux", cpu: "x64", libc: "glibc" as const }, ["node_modules/@tool/linux-x64-gnu"]],
    [{ os: "linux", cpu: "x64", libc: "musl" as const }, ["node_modules/@tool/linux-x64-musl"]],
    [{ os: "darwin", cpu: "arm64", libc: undefined }, ["node_modules/@tool/darwin-arm64"]],
    [{ os: "freebsd", cpu: "x64", libc: undefined }, []],
  ])("that %o lacks are noticed, once there they are not", (platform, expected) => {
    const folder = temporaryFolder();
    writeFiles(folder, { "package-lock.json": JSON.stringify({ packages }) });
    expect(missingBinaries(folder, platform)).toEqual(expected);
    writeFiles(folder, Object.fromEntries(expected.map((place) => [`${place}/package.json`, "{}"])));
    expect(missingBinaries(folder, platform)).toEqual([]);
  });

  test("of this project are all here", () => {
    expect(missingBinaries(ROOT, thisPlatform())).toEqual([]);
  });
});
