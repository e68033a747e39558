import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const HEARTBEAT_MS = 2_000;
/** A holder writes its heartbeat far more often; without one for this long, its process id belongs to another. */
const ABANDONED_MS = 120_000;

/**
 * Takes the lock, waiting while a living process holds it, and taking it over from a dead one.
 * @param {string} file
 * @param {(holder: number) => void} onWait told once, with the process id that holds the lock
 * @param {AbortSignal} [signal] gives up waiting
 * @returns {Promise<() => void>} releases the lock; may be called twice
 */
export async function takeLock(file, onWait, signal) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const mine = `${process.pid}@${os.hostname()} ${process.hrtime.bigint()}`;
  for (let told = false; ; ) {
    if (tryCreate(file, mine)) {
      removeLitter(file);
      return hold(file, mine);
    }
    const holder = readLock(file);
    if (holder === undefined) continue;
    if (isAbandoned(holder)) {
      removeStale(file, holder.text);
      continue;
    }
    if (!told) onWait(holder.pid);
    told = true;
    await sleep(200, undefined, { signal });
  }
}

/**
 * The content is complete before the name appears: link() fails if the name is taken.
 * @param {string} file
 * @param {string} text
 */
function tryCreate(file, text) {
  const beside = `${file}.${process.pid}`;
  fs.writeFileSync(beside, text);
  try {
    fs.linkSync(beside, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  } finally {
    fs.rmSync(beside, { force: true });
  }
}

/** @param {string} file */
function readLock(file) {
  try {
    const text = fs.readFileSync(file, "utf8");
    return {
      text,
      pid: Number.parseInt(text, 10),
      host: /@(\S*)/.exec(text)?.[1],
      age: Date.now() - fs.statSync(file).mtimeMs,
    };
  } catch {
    return undefined; // released between two looks
  }
}

/** @param {{ pid: number, host?: string, age: number }} holder */
function isAbandoned(holder) {
  if (holder.age > ABANDONED_MS) return true;
  if (holder.host !== os.hostname()) return false;
  return !isAlive(holder.pid);
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * Two processes may find the same dead holder. Each moves the lock aside and looks at what it got: whoever moved a
 * living one puts it back.
 * @param {string} file @param {string} stale
 */
function removeStale(file, stale) {
  const aside = `${file}.${process.pid}.stale`;
  try {
    fs.renameSync(file, aside);
    if (fs.readFileSync(aside, "utf8") !== stale) fs.linkSync(aside, file);
  } catch {
    // the other process was faster
  }
  fs.rmSync(aside, { force: true });
}

/**
 * Files beside the lock, of processes killed while they tried to take it.
 * @param {string} file
 */
function removeLitter(file) {
  const folder = path.dirname(file);
  for (const name of fs.readdirSync(folder)) {
    const pid = name.startsWith(`${path.basename(file)}.`) ? Number(name.split(".")[1]) : Number.NaN;
    if (pid > 0 && !isAlive(pid)) fs.rmSync(path.join(folder, name), { force: true });
  }
}

/** @param {string} file @param {string} mine */
function hold(file, mine) {
  const beat = setInterval(() => {
    try {
      fs.utimesSync(file, new Date(), new Date());
    } catch {
      // somebody removed the folder; the next step will say so
    }
  }, HEARTBEAT_MS);
  beat.unref();
  return () => {
    clearInterval(beat);
    if (readLock(file)?.text === mine) fs.rmSync(file, { force: true });
  };
}
