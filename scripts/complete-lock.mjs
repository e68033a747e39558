// node scripts/complete-lock.mjs: run after every change of package-lock.json.
// A registry mirror may lack the builds that a package offers for other systems. npm then leaves them out of the
// lock file, and `npm ci` refuses that file everywhere. This adds them by name and version; integrity stays open
// until somebody locks with a registry that has them.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * @typedef {{ version?: string, optionalDependencies?: Record<string, string>, dev?: boolean,
 *   os?: string[], cpu?: string[], libc?: string[], optional?: boolean }} LockedPackage
 */

const SYSTEMS = "aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32";
const PROCESSORS = "arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64";
const PLATFORM = new RegExp(`(?:^|[-/])(${SYSTEMS})-(${PROCESSORS})(?:-([a-z]+))?$`);

/**
 * The optional packages that a lock file names as dependencies but does not lock.
 * @param {Record<string, LockedPackage>} packages the `packages` field of a lock file
 * @returns {{ location: string, name: string, version: string, parent: LockedPackage }[]}
 */
export function missingPlatforms(packages) {
  return Object.entries(packages).flatMap(([location, parent]) =>
    Object.entries(parent.optionalDependencies ?? {})
      .filter(([name]) => !isLocked(packages, location, name))
      .map(([name, version]) => ({ location: `${besides(location)}${name}`, name, version, parent })),
  );
}

/**
 * The same packages with an entry for each build that was missing.
 * @param {Record<string, LockedPackage>} packages
 */
export function completePackages(packages) {
  const added = missingPlatforms(packages).map(({ location, name, version, parent }) => {
    const match = PLATFORM.exec(name);
    if (!match)
      throw new Error(`${name} ${version} is missing from the lock file, and its name tells no platform`);
    if (!/^\d/.test(version))
      throw new Error(`${name} is asked for as ${version}, which names no one version`);
    return [location, platformEntry(version, parent, match)];
  });
  const all = [...Object.entries(packages), ...added];
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * @param {string} version
 * @param {LockedPackage} parent
 * @param {RegExpExecArray} match
 * @returns {LockedPackage}
 */
function platformEntry(version, parent, [, system, processor, abi]) {
  const libc = abi?.startsWith("musl")
    ? ["musl"]
    : abi?.startsWith("gnu") && system === "linux"
      ? ["glibc"]
      : undefined;
  return {
    version,
    cpu: [processor],
    ...(parent.dev ? { dev: true } : {}),
    ...(libc ? { libc } : {}),
    optional: true,
    os: [system],
  };
}

/**
 * Where npm would put a dependency of the package at `location`: beside it.
 * @param {string} location
 */
function besides(location) {
  const end = location.lastIndexOf("node_modules/");
  return end < 0 ? "node_modules/" : location.slice(0, end + "node_modules/".length);
}

/**
 * Follows Node's own look-up: inside the package, then in every folder above.
 * @param {Record<string, LockedPackage>} packages
 * @param {string} location
 * @param {string} name
 */
function isLocked(packages, location, name) {
  for (let folder = location; ; ) {
    if (packages[`${folder ? `${folder}/` : ""}node_modules/${name}`]) return true;
    if (!folder) return false;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const file = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "package-lock.json");
  const lock = JSON.parse(fs.readFileSync(file, "utf8"));
  const missing = missingPlatforms(lock.packages);
  if (missing.length > 0) {
    lock.packages = completePackages(lock.packages);
    fs.writeFileSync(`${file}.new`, `${JSON.stringify(lock, null, 2)}\n`);
    fs.renameSync(`${file}.new`, file);
  }
  console.log(`package-lock.json: ${missing.length} builds for other systems added`);
}
