import { mkdir, stat } from "node:fs/promises";
import path from "node:path";

/**
 * Makes a directory, and those above it that are missing. Node's own `recursive` goes round for ever where a file
 * system answers, as /proc does, that there is no such place although the one above it is there.
 * @throws the file system's error if it can't be made
 */
export async function makeDirectory(directory: string): Promise<void> {
  await makeOne(directory).catch(async (error: NodeJS.ErrnoException) => {
    const above = path.dirname(directory);
    if (error.code !== "ENOENT" || above === directory) throw error;
    await makeDirectory(above);
    await makeOne(directory);
  });
}

/** One that is there already, or was just made by somebody else, is as good. */
async function makeOne(directory: string): Promise<void> {
  await mkdir(directory).catch(async (error: NodeJS.ErrnoException) => {
    const found = await stat(directory).catch(() => undefined);
    if (!found?.isDirectory()) throw error;
  });
}
