import { existsSync } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { makeDirectory } from "../../core/makeDirectory.js";
import { checkpointFolder } from "../../models/trained/checkpointFolders.js";

/** Names of folders that a kill left half written, or half removed. */
const LEFT_OVER = /\.(partial|removed)$/;

/**
 * Makes a checkpoint: `write` fills a folder beside it, which then takes its name, so that whatever bears a step's
 * number is whole, also after a kill. One of the same step is replaced.
 */
export async function makeCheckpoint(
  folder: string,
  step: number,
  write: (directory: string) => Promise<void>,
): Promise<string> {
  const final = checkpointFolder(folder, step);
  const partial = `${final}.partial`;
  await rm(partial, { recursive: true, force: true });
  await makeDirectory(partial);
  try {
    await write(partial);
    await removeCheckpoint(folder, step);
    await rename(partial, final);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return final;
}

/** Removes a checkpoint, if it is there: it loses its name first, so that no half of it is ever taken for a whole. */
export async function removeCheckpoint(folder: string, step: number): Promise<void> {
  const final = checkpointFolder(folder, step);
  if (!existsSync(final)) return;
  await rm(`${final}.removed`, { recursive: true, force: true });
  await rename(final, `${final}.removed`);
  await rm(`${final}.removed`, { recursive: true, force: true });
}

/** Removes what a kill left behind. */
export async function removeLeftOvers(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const names = (await readdir(folder)).filter((name) => LEFT_OVER.test(name));
  await Promise.all(names.map((name) => rm(path.join(folder, name), { recursive: true, force: true })));
}
