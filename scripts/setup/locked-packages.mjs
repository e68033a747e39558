import fs from "node:fs";
import path from "node:path";

/**
 * @typedef {{ os?: string[], cpu?: string[], libc?: string[], optional?: boolean }} LockedPackage
 * @typedef {{ os: string, cpu: string, libc: "glibc" | "musl" | undefined }} Platform
 */

/**
 * The platform that npm chooses binaries for.
 * @returns {Platform}
 */
export function thisPlatform() {
  const { platform: os, arch: cpu } = process;
  if (os !== "linux") return { os, cpu, libc: undefined };
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return { os, cpu, libc: header.glibcVersionRuntime ? "glibc" : "musl" };
}

/**
 * Binaries of the lock file that this platform needs and node_modules lacks. To npm they are optional: where one
 * cannot be fetched it says nothing, and the tool that needs it fails later.
 * @param {string} root
 * @param {Platform} platform
 * @returns {string[]} their places, such as `node_modules/@esbuild/linux-x64`
 */
export function missingBinaries(root, platform) {
  const lock = JSON.parse(fs.readFileSync(path.join(root, "package-lock.json"), "utf8"));
  return Object.entries(/** @type {Record<string, LockedPackage>} */ (lock.packages))
    .filter(([, entry]) => entry.optional && (entry.os || entry.cpu) && suits(entry, platform))
    .map(([place]) => place)
    .filter((place) => !fs.existsSync(path.join(root, place, "package.json")));
}

/**
 * @param {LockedPackage} entry
 * @param {Platform} platform
 */
function suits({ os, cpu, libc }, platform) {
  const admits = (/** @type {string[] | undefined} */ list, /** @type {string | undefined} */ value) =>
    list === undefined || value === undefined || list.includes(value);
  return admits(os, platform.os) && admits(cpu, platform.cpu) && admits(libc, platform.libc);
}
