import { rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeDirectory } from "./makeDirectory.js";

/**
 * Writes a file beside the wanted one, then renames it into place, so that a reader sees all of the old or all of the
 * new one, also after a kill. Its folder is made where it is missing.
 */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  await makeDirectory(path.dirname(file));
  const temporary = `${file}.partial-${process.pid}`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}
