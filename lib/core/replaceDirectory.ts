import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeDirectory } from "./makeDirectory.js";

/**
 * Fills a directory beside the wanted one, then renames it into place, so that a reader never sees half of it. What
 * killed processes left beside it is removed first.
 * @param write fills the directory whose path it gets
 */
export async function replaceDirectory(
  directory: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  await removeLeftovers(directory);
  await makeDirectory(dirname(directory));
  const temporary = `${directory}.partial-${process.pid}`;
  const replaced = `${directory}.replaced-${process.pid}`;
  try {
    await mkdir(temporary);
    await write(temporary);
    await rename(directory, replaced).catch(ignoreMissing);
    await rename(temporary, directory);
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await rm(replaced, { recursive: true, force: true });
  }
}

async function removeLeftovers(directory: string): Promise<void> {
  const parent = dirname(directory);
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(`${basename(directory)}.`)) continue;
    const [, pid] = /\.(?:partial|replaced)-(\d+)$/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
