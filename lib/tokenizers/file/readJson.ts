import { readFile } from "node:fs/promises";
import { TokenizerError } from "../../core/errors.js";

/**
 * A JSON object from a file.
 * @param missing in the place of a file that is not there
 * @throws TokenizerError for one that can't be read, or holds something else
 */
export async function readJson(file: string, missing?: object): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && missing) return missing;
    throw new TokenizerError(file, `it can't be read (${code})`, { cause: error });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch (error) {
    throw new TokenizerError(file, `it is no valid JSON (${(error as Error).message})`, { cause: error });
  }
  throw new TokenizerError(file, "it is JSON, but no object");
}
