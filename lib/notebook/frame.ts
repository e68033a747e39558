import { OptionError } from "../core/errors.js";

/** A danfojs DataFrame or Series, known by its shape so that nobody has to load danfojs to show a table. */
export interface FrameLike {
  readonly columns: readonly string[];
  readonly index: readonly (string | number)[];
  /** Rows of a DataFrame, values of a Series. */
  readonly values: readonly unknown[];
  readonly $isSeries: boolean;
}

/** What a table shows: `rows[r][c]` belongs to `columns[c]`; `index[r]` names the row. */
export interface TableData {
  readonly columns: readonly string[];
  readonly index?: readonly (string | number)[];
  readonly rows: readonly (readonly unknown[])[];
}

export function isFrame(value: unknown): value is FrameLike {
  if (typeof value !== "object" || value === null) return false;
  const frame = value as Partial<FrameLike>;
  return Array.isArray(frame.columns) && Array.isArray(frame.index) && typeof frame.$isSeries === "boolean";
}

export function frameData(frame: FrameLike): TableData {
  const rows = frame.$isSeries ? frame.values.map((value) => [value]) : frame.values.map(asRow);
  return { columns: frame.columns.map(String), index: frame.index, rows };
}

/** Columns in order of first appearance; a record that lacks one leaves its cell empty. */
export function recordData(records: readonly object[]): TableData {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const rows = records.map((record) => columns.map((column) => Reflect.get(record, column)));
  return { columns, rows };
}

function asRow(row: unknown): readonly unknown[] {
  if (!Array.isArray(row)) throw new OptionError("value", row, "a DataFrame whose `values` are rows");
  return row;
}
