import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";
import { noSpace, SetupError } from "./errors.mjs";

const GUARD = fileURLToPath(new URL("./guard.mjs", import.meta.url));
const TAIL_LINES = 12;

/**
 * @typedef {object} CommandOptions
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} env
 * @property {string} log file that receives all the output
 * @property {string} logName how messages name that file
 * @property {string} [label] what messages call the command
 * @property {(line: string) => void} [onLine]
 * @property {readonly string[]} wayOut
 * @property {RegExp} [noise] lines that belong into the log but not into a message
 * @property {boolean} [append] adds to the log instead of starting it
 */

/**
 * Runs a command to its end; it dies with this process. Output goes to the log.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions} options
 * @throws {SetupError} with the last lines of output if it cannot start, fails or is killed
 */
export async function runCommand(command, args, options) {
  fs.mkdirSync(path.dirname(options.log), { recursive: true });
  const log = fs.openSync(options.log, options.append ? "a" : "w");
  /** @type {string[]} */
  const tail = [];
  try {
    const outcome = await superviseChild(command, args, options, (line) => {
      writeLine(log, line);
      if (line.trim() !== "" && !options.noise?.test(line)) tail.push(line.slice(0, 300));
      if (tail.length > TAIL_LINES) tail.shift();
      options.onLine?.(line);
    });
    if (outcome.code !== 0) throw commandError(command, args, options, outcome, tail);
  } finally {
    fs.closeSync(log);
  }
}

/**
 * Adds a line to a log. On a full disk the log ends early, and the command's own failure tells why.
 * @param {number} log
 * @param {string} line
 */
function writeLine(log, line) {
  try {
    fs.writeSync(log, `${line}\n`);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOSPC") throw error;
  }
}

/** @typedef {{ code?: number | null, signal?: string | null, error?: string }} Outcome */

/**
 * @param {string} command @param {readonly string[]} args @param {CommandOptions} options
 * @param {(line: string) => void} onLine
 * @returns {Promise<Outcome>}
 */
async function superviseChild(command, args, options, onLine) {
  const guard = spawn(process.execPath, [GUARD, command, ...args], {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // In a group of its own, so that it outlives a kill of this whole group and can do its duty.
    detached: process.platform !== "win32",
  });
  /** @type {Outcome} */
  let outcome = {};
  guard.on("message", (message) => {
    outcome = /** @type {Outcome} */ (message);
  });
  for (const stream of [guard.stdout, guard.stderr]) {
    if (stream)
      readline.createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", onLine);
  }
  return new Promise((resolve) => {
    guard.on("error", (error) => resolve({ error: error.message }));
    guard.on("close", (_, signal) =>
      resolve(Object.keys(outcome).length > 0 ? outcome : { signal: signal ?? "SIGKILL" }),
    );
  });
}

/**
 * @param {string} command @param {readonly string[]} args @param {CommandOptions} options
 * @param {Outcome} outcome @param {readonly string[]} tail
 */
function commandError(command, args, options, outcome, tail) {
  const tried = `${[path.basename(command), ...args.map(shorten)].join(" ")} (log: ${options.logName})`;
  const output = tail.join("\n");
  const name = options.label ?? path.basename(command);
  if (/ENOSPC|EDQUOT|no space left on device|disk quota exceeded/i.test(output)) return noSpace(tried);
  const problem = outcome.error
    ? `${name} could not be started (${outcome.error}).`
    : outcome.signal
      ? `${name} was killed by ${outcome.signal}${outcome.signal === "SIGKILL" ? ", perhaps for lack of memory" : ""}.`
      : `${name} failed with exit code ${outcome.code}${reason(output)}.`;
  const again = outcome.signal ? ["run the command again: it goes on where it stopped"] : [];
  return new SetupError(problem, { tried, details: tail, wayOut: [...again, ...options.wayOut] });
}

/** @param {string} output */
function reason(output) {
  if (/ENOTCACHED/.test(output)) return ": npm's cache lacks a package, and --offline forbids to fetch it";
  return isNetwork(output) ? ": the network, or the registry, was not reached" : "";
}

/**
 * Whether output of npm or pip tells that the network was not reached.
 * @param {string} output
 */
function isNetwork(output) {
  return /ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|name resolution|NewConnectionError|Connection refused|Network is unreachable|Max retries exceeded/i.test(
    output,
  );
}

/** @param {string} argument */
function shorten(argument) {
  return argument.length > 80 ? `${argument.slice(0, 77)}...` : argument;
}
