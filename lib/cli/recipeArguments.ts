import { text as readAll } from "node:stream/consumers";
import { type CompleteRecipe, parseRecipe } from "../decoding/index.js";
import { readText } from "./readText.js";

/**
 * The recipe in a file, or on stdin for `-`; greedy where none is given.
 * @throws UsageError for a file that can't be read; OptionError for a recipe that is none
 */
export async function readRecipe(file: string | undefined): Promise<CompleteRecipe> {
  if (file === undefined) return parseRecipe({ method: "greedy" });
  return parseRecipe(file === "-" ? await readAll(process.stdin) : await readText("--recipe", file));
}
