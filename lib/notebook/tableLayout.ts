import { OptionError } from "../core/errors.js";
import { type Cell, type ColumnRole, columnCells } from "./column.js";
import type { TableData } from "./frame.js";

/** How a table is shown. Columns are named; one that doesn't exist is an error. */
export interface TableOptions {
  /** What the table shows, above it. */
  readonly title?: string;
  /** What to read from it, below it. */
  readonly note?: string;
  /** Rows shown before the rest is only counted. Default 50. */
  readonly maxRows?: number;
  /** Whether rows are named on the left. Default: a DataFrame's are, records' are not. */
  readonly index?: boolean;
  /** Columns of probabilities, each drawn as a bar on the scale from 0 to 1. */
  readonly probability?: readonly string[];
  /** Columns of tokens, with every blank visible. */
  readonly tokens?: readonly string[];
  /** The column of choices that were taken, drawn in the colour of the chosen token. */
  readonly chosen?: string;
  /** Digits after the point for columns of numbers that shall not have their own. */
  readonly decimals?: Readonly<Record<string, number>>;
}

/** A table whose cells know what they are: what HTML and text are drawn from. */
export interface Table {
  readonly title?: string;
  readonly note?: string;
  readonly index?: readonly string[];
  readonly columns: readonly {
    readonly name: string;
    readonly chosen: boolean;
    readonly cells: readonly Cell[];
  }[];
  readonly shown: number;
  readonly total: number;
}

/**
 * Lays a table out.
 * @throws OptionError for a column that doesn't exist, or probabilities beyond 0 to 1
 */
export function layOutTable(data: TableData, options: TableOptions): Table {
  const { maxRows = 50, index = true, chosen, decimals = {} } = options;
  if (!(Number.isInteger(maxRows) && maxRows > 0))
    throw new OptionError("maxRows", maxRows, "an integer above 0");
  checkColumns(data, options);
  const rows = data.rows.slice(0, maxRows);
  const columns = data.columns.map((name, position) => {
    const values = rows.map((row) => row[position]);
    return {
      name,
      chosen: name === chosen,
      cells: columnCells(name, values, roleOf(name, options), decimals[name]),
    };
  });
  return {
    ...(options.title !== undefined && { title: options.title }),
    ...(options.note !== undefined && { note: options.note }),
    ...(index && data.index && { index: data.index.slice(0, maxRows).map(String) }),
    columns,
    shown: rows.length,
    total: data.rows.length,
  };
}

function roleOf(name: string, { probability, tokens }: TableOptions): ColumnRole {
  if (probability?.includes(name)) return "probability";
  return tokens?.includes(name) ? "token" : undefined;
}

function checkColumns({ columns }: TableData, options: TableOptions): void {
  const { probability = [], tokens = [], chosen, decimals = {} } = options;
  const named = {
    probability,
    tokens,
    chosen: chosen === undefined ? [] : [chosen],
    decimals: Object.keys(decimals),
  };
  for (const [option, names] of Object.entries(named)) {
    const unknown = names.find((name) => !columns.includes(name));
    if (unknown !== undefined)
      throw new OptionError(option, unknown, `a column of the table (${columns.join(", ")})`);
  }
  for (const [name, places] of Object.entries(decimals)) {
    if (!(Number.isInteger(places) && places >= 0 && places <= 20)) {
      throw new OptionError(`decimals.${name}`, places, "an integer from 0 to 20");
    }
  }
}
