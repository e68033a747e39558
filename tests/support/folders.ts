import path from "node:path";

/** The project's own folder. */
export const PROJECT = path.resolve(import.meta.dirname, "../..");

/** A recorded reference, by its path in tests/golden. */
export function golden(...parts: readonly string[]): string {
  return path.join(PROJECT, "tests", "golden", ...parts);
}
