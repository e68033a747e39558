import { appendFile, readFile } from "node:fs/promises";
import { TrainingError } from "../../core/errors.js";
import { replaceFile } from "../../core/writeFile.js";

/** One step of a run. Validation stands at the steps that had one. */
export interface HistoryRow {
  readonly step: number;
  /** Nats per token on the step's batch, before its update. */
  readonly loss: number;
  /** L2 norm over all weights, before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
  readonly tokensPerSecond: number;
  readonly validationLoss?: number;
  readonly bitsPerCharacter?: number;
  readonly perplexity?: number;
}

const columns = [
  "step",
  "loss",
  "gradientNorm",
  "learningRate",
  "tokensPerSecond",
  "validationLoss",
  "bitsPerCharacter",
  "perplexity",
] as const satisfies readonly (keyof HistoryRow)[];

const always = 5;
const header = `${columns.join(",")}\n`;

/** Begins a history anew with these rows. Numbers are written in full, so that they are read back exactly. */
export async function writeHistory(file: string, rows: readonly HistoryRow[]): Promise<void> {
  await replaceFile(file, header + rows.map(line).join(""));
}

/** Adds rows to a history that `writeHistory` began. */
export async function appendHistory(file: string, rows: readonly HistoryRow[]): Promise<void> {
  await appendFile(file, rows.map(line).join(""));
}

/**
 * The rows of a history. A last line that a kill left half written is left out.
 * @throws TrainingError for a file that is missing or no history
 */
export async function readHistory(file: string): Promise<HistoryRow[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new TrainingError(`${file}: could not be read (${error.code})`, { cause: error });
  });
  if (!text.startsWith(header)) throw new TrainingError(`${file}: it is no history of a training run`);
  const whole = text.slice(header.length, text.lastIndexOf("\n") + 1);
  return whole.split("\n").slice(0, -1).map(rowOf);
}

function line(row: HistoryRow): string {
  return `${columns.map((column) => row[column] ?? "").join(",")}\n`;
}

function rowOf(text: string): HistoryRow {
  const cells = text.split(",");
  const entries = columns.map((column, i) => [column, Number(cells[i])] as const);
  return Object.fromEntries(
    entries.filter((_, i) => i < always || (cells[i] ?? "") !== ""),
  ) as unknown as HistoryRow;
}
