import { CorpusError } from "../../../core/errors.js";

/** For a column that is asked for and not there. */
export function missingColumn(file: string, column: string, known: readonly string[]): CorpusError {
  const names = known.map((name) => JSON.stringify(name)).join(", ") || "none";
  return new CorpusError(file, `it has no column ${JSON.stringify(column)}; its columns: ${names}`);
}
