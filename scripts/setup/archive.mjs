import fs from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import zlib from "node:zlib";
import { SetupError } from "./errors.mjs";

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
const TAR_BLOCK = 512;

/** @typedef {{ name: string, method: number, compressed: number, size: number, offset: number }} ZipMember */

/** @param {string} file @param {string} what @param {unknown} [cause] */
function damaged(file, what, cause) {
  return new SetupError(`${file} is damaged: ${what}.`, {
    wayOut: [`delete ${file} and run the command again`],
    cause,
  });
}

/**
 * The members of a zip archive (a Python wheel is one), from its directory. Archives of 4 GB and more are refused.
 * @param {string} file
 * @returns {ZipMember[]}
 */
export function zipMembers(file) {
  const size = fs.statSync(file).size;
  const tail = readBytes(file, Math.max(0, size - 65_557), size);
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || tail.length - end < 22 || tail.readUInt32LE(end) !== END_OF_DIRECTORY) {
    throw damaged(file, "it has no zip directory, as if it was cut off");
  }
  const start = tail.readUInt32LE(end + 16);
  if (start === 0xffffffff) throw damaged(file, "zip64, which is not read here");
  const directory = readBytes(file, start, start + tail.readUInt32LE(end + 12));
  const members = [];
  for (let at = 0, i = 0; i < tail.readUInt16LE(end + 10); i++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== DIRECTORY_ENTRY) {
      throw damaged(file, `entry ${i} of its directory is none`);
    }
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
    members.push({
      name: directory.toString("utf8", at + 46, nameEnd),
      method: directory.readUInt16LE(at + 10),
      compressed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return members;
}

/**
 * Writes one member of a zip archive to a file, in a stream: memory stays small whatever its size.
 * @param {string} file
 * @param {ZipMember} member
 * @param {string} target
 */
export async function extractZipMember(file, member, target) {
  const header = readBytes(file, member.offset, member.offset + 30);
  if (header.length < 30 || header.readUInt32LE(0) !== LOCAL_ENTRY)
    throw damaged(file, `${member.name} has no header`);
  if (member.method !== STORED && member.method !== DEFLATED) {
    throw damaged(file, `${member.name} is packed with method ${member.method}, which is not read here`);
  }
  const start = member.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const end = start + member.compressed - 1;
  const source =
    member.compressed === 0
      ? Readable.from([]) // a read stream has no words for an empty range
      : fs.createReadStream(file, { start, end, highWaterMark: 1 << 20 });
  const sink = fs.createWriteStream(target);
  try {
    if (member.method === STORED) await pipeline(source, sink);
    else await pipeline(source, zlib.createInflateRaw(), sink);
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? "";
    if (code.startsWith("Z_")) throw damaged(file, `${member.name} does not unpack (${code})`, error);
    throw error;
  }
  const written = fs.statSync(target).size;
  if (written !== member.size)
    throw damaged(file, `${member.name} has ${written} bytes instead of ${member.size}`);
}

/**
 * One member of a gzipped tar archive, read whole; for small archives.
 * @param {Buffer} archive
 * @param {string} name the member's path, or its end from a `/` on
 * @param {string} origin how messages name the archive
 * @returns {Buffer}
 */
export function tarMember(archive, name, origin) {
  const tar = gunzip(archive, origin);
  for (let at = 0; at + TAR_BLOCK <= tar.length && tar[at] !== 0; ) {
    const path = tarText(tar, at + 345, 155) + (tar[at + 345] ? "/" : "") + tarText(tar, at, 100);
    const size = Number.parseInt(tarText(tar, at + 124, 12), 8);
    if (!Number.isFinite(size)) throw damaged(origin, `the header of ${path} is none`);
    const content = at + TAR_BLOCK;
    if (content + size > tar.length) throw damaged(origin, `${path} is cut off`);
    if (path === name || path.endsWith(`/${name}`)) return tar.subarray(content, content + size);
    at = content + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
  }
  throw damaged(origin, `it holds no ${name}`);
}

/** @param {Buffer} archive @param {string} origin */
function gunzip(archive, origin) {
  try {
    return zlib.gunzipSync(archive);
  } catch (error) {
    throw damaged(origin, "it is no whole gzip file", error);
  }
}

/**
 * Text of a tar header field, up to its first zero byte.
 * @param {Buffer} tar
 * @param {number} at
 * @param {number} length
 */
function tarText(tar, at, length) {
  const field = tar.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end < 0 ? length : end).trim();
}

/** @param {string} file @param {number} start @param {number} end */
function readBytes(file, start, end) {
  const handle = fs.openSync(file, "r");
  try {
    const bytes = Buffer.alloc(Math.max(0, end - start));
    return bytes.subarray(0, fs.readSync(handle, bytes, 0, bytes.length, start));
  } finally {
    fs.closeSync(handle);
  }
}
