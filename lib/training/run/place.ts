import { stat } from "node:fs/promises";
import path from "node:path";
import { TrainingError } from "../../core/errors.js";
import { makeDirectory } from "../../core/makeDirectory.js";

/**
 * Checks that a folder can stand at a place, whether it does already or not.
 * @throws TrainingError if the place, or what leads to it, is a file
 */
export async function assertPlace(out: string): Promise<void> {
  for (let place = path.resolve(out); ; place = path.dirname(place)) {
    const found = await stat(place).catch(() => undefined);
    if (found === undefined && place !== path.dirname(place)) continue;
    if (found?.isDirectory()) return;
    throw new TrainingError(`\`out\` must be a folder, but ${place} is a file: give another`);
  }
}

/**
 * Makes a folder and those that lead to it.
 * @throws TrainingError if that is not allowed, or can't be done
 */
export async function makePlace(out: string, folder: string): Promise<void> {
  await makeDirectory(folder).catch((error: NodeJS.ErrnoException) => {
    throw new TrainingError(
      `\`out\` must be a folder that can be made, but ${out} can't (${error.code}): give another`,
      {
        cause: error,
      },
    );
  });
}
