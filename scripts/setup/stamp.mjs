import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { SetupError } from "./errors.mjs";

/**
 * A stamp lies inside what it vouches for, so that it goes when that goes: the fingerprint of all that the result
 * depends on, and the sizes of files that must be there.
 * @typedef {{ key: string, files: Record<string, number> }} Stamp
 */

/**
 * One fingerprint of several values, in order.
 * @param {...(string | Buffer)} parts
 */
export function fingerprint(...parts) {
  const hash = crypto.createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("hex");
}

/**
 * Fingerprint of files by name and content; a missing file counts as such.
 * @param {string} root
 * @param {readonly string[]} files relative to `root`
 */
export function fingerprintFiles(root, files) {
  const read = (/** @type {string} */ file) => fs.readFileSync(path.join(root, file));
  return fingerprint(
    ...files.flatMap((file) => [file, fs.existsSync(path.join(root, file)) ? read(file) : "missing"]),
  );
}

/**
 * All files below a folder, relative to `root`, sorted, with `/` between folders.
 * @param {string} root
 * @param {string} folder
 * @param {(name: string) => boolean} [skip] names of files and folders to leave out
 * @returns {string[]}
 */
export function listFiles(root, folder, skip = () => false) {
  if (!fs.existsSync(path.join(root, folder))) return [];
  const entries = fs.readdirSync(path.join(root, folder), { withFileTypes: true });
  return entries
    .filter((entry) => !skip(entry.name))
    .flatMap((entry) => {
      const inside = `${folder}/${entry.name}`;
      return entry.isDirectory() ? listFiles(root, inside, skip) : [inside];
    })
    .sort();
}

/**
 * sha256 of a file of any size.
 * @param {string} file
 * @returns {Promise<string>}
 */
export async function sha256(file) {
  const hash = crypto.createHash("sha256");
  for await (const chunk of fs.createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest("hex");
}

/**
 * Writes beside the file and renames, so that nobody ever sees half of it.
 * @param {string} file
 * @param {string} text
 */
export function writeWhole(file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(beside, text);
  fs.renameSync(beside, file);
}

/**
 * @param {string} file the stamp
 * @param {string} key
 * @param {string} root
 * @param {readonly string[]} files results that must be there, relative to `root`
 * @throws {SetupError} if one is not
 */
export function writeStamp(file, key, root, files) {
  const sizes = files.map((name) => [name, sizeOf(root, name)]);
  writeWhole(file, `${JSON.stringify({ key, files: Object.fromEntries(sizes) }, null, 2)}\n`);
}

/**
 * @param {string} root
 * @param {string} name
 */
function sizeOf(root, name) {
  const stats = fs.statSync(path.resolve(root, name), { throwIfNoEntry: false });
  if (stats) return stats.size;
  throw new SetupError(`It ended without an error, but ${name} is not there.`, {
    wayOut: ["run the command again", "look at what it wrote in .setup/logs"],
  });
}

/**
 * Whether the stamp is there, carries this key, and the files it names have the sizes they had.
 * @param {string} file @param {string} key @param {string} root
 */
export function isStamped(file, key, root) {
  try {
    const stamp = /** @type {Stamp} */ (JSON.parse(fs.readFileSync(file, "utf8")));
    if (stamp.key !== key) return false;
    return Object.entries(stamp.files).every(
      ([name, size]) => fs.statSync(path.resolve(root, name)).size === size,
    );
  } catch {
    return false;
  }
}
