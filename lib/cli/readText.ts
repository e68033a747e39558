import { readFile } from "node:fs/promises";
import { UsageError } from "./report.js";

/**
 * The text of a file that an option names.
 * @throws UsageError that names the option and the file
 */
export async function readText(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`${option}: could not read ${file} (${(error as NodeJS.ErrnoException).code})`);
  }
}
