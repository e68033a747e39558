import { inspect } from "node:util";
import { OptionError } from "../core/errors.js";
import type { TokenPart } from "../tokenizers/display.js";
import { textParts } from "./tokens.js";

/** One cell, ready to be drawn in HTML or in text. */
export type Cell =
  | { readonly kind: "empty" }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "token"; readonly parts: readonly TokenPart[] }
  /** A probability between 0 and 1, with the token it belongs to where the cell names one. */
  | { readonly kind: "probability"; readonly value: number; readonly parts?: readonly TokenPart[] };

/** How the values of a column are to be read, where the values alone don't tell. */
export type ColumnRole = "probability" | "token" | undefined;

/** Digits worth reading in a column of measurements. */
const significantDigits = 4;
/** `token (8.37%)`: a choice with its probability, the token's own blanks kept. */
const choice = /^([\s\S]*) \((\d{1,3}(?:\.\d+)?)%\)$/;

/**
 * The cells of one column, all drawn alike: numbers with equal precision, `token (8.37%)` as a token with its
 * probability, anything else as text.
 * @param decimals digits after the point; by default as many as the column's values need, four digits in all
 * @throws OptionError if a column said to hold probabilities holds something else
 */
export function columnCells(
  name: string,
  values: readonly unknown[],
  role: ColumnRole,
  decimals?: number,
): Cell[] {
  const present = values.filter((value) => !isMissing(value));
  if (role === "probability") return values.map((value) => probabilityCell(name, value));
  if (role === "token") return values.map((value) => fill(value, (text) => tokenCell(String(text))));
  if (present.length > 0 && areNumbers(present)) {
    const places = decimals ?? decimalPlaces(present);
    return values.map((value) => fill(value, () => numberCell(value as number, places)));
  }
  if (present.length > 0 && present.every((value) => typeof value === "string" && choice.test(value))) {
    return values.map((value) => fill(value, () => choiceCell(String(value))));
  }
  return values.map((value) => fill(value, () => ({ kind: "text", text: plainText(value) })));
}

/** A probability in percent, always with two decimals. */
export function percent(probability: number): string {
  return `${(probability * 100).toFixed(2)}%`;
}

function areNumbers(values: readonly unknown[]): values is readonly number[] {
  return values.every((value) => typeof value === "number");
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined;
}

function fill(value: unknown, make: (value: unknown) => Cell): Cell {
  return isMissing(value) ? { kind: "empty" } : make(value);
}

function tokenCell(text: string): Cell {
  return { kind: "token", parts: textParts(text) };
}

function choiceCell(text: string): Cell {
  const [, token = "", percent = "0"] = choice.exec(text) ?? [];
  return { kind: "probability", value: Number(percent) / 100, parts: textParts(token) };
}

function probabilityCell(column: string, value: unknown): Cell {
  if (isMissing(value)) return { kind: "empty" };
  if (typeof value === "string" && choice.test(value)) return choiceCell(value);
  // Sums in single precision end a little beyond 1.
  if (typeof value !== "number" || !(value >= 0 && value <= 1 + 1e-5)) {
    throw new OptionError("probability", value, `a column of numbers between 0 and 1 (column ${column})`);
  }
  return { kind: "probability", value };
}

function numberCell(value: number, places: number): Cell {
  const text = Number.isFinite(value) ? value.toFixed(places) : String(value).replace("Infinity", "∞");
  return { kind: "number", text: text.replace("-", "−") };
}

/** The most decimals any value needs, as far as the largest one leaves `significantDigits` of them. */
function decimalPlaces(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  const largest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return 0;
  const magnitude = Math.floor(Math.log10(largest));
  const limit = Math.min(Math.max(significantDigits - 1 - magnitude, 0), 12);
  const needed = finite.map(
    (value) =>
      value
        .toFixed(limit)
        .replace(/\.?0+$/, "")
        .split(".")[1]?.length ?? 0,
  );
  return limit === 0 ? 0 : needed.reduce((most, places) => Math.max(most, places), 0);
}

function plainText(value: unknown): string {
  if (typeof value !== "object" || value === null || value instanceof Date) return String(value);
  if (value instanceof Set) return [...value].map(plainText).join(", ");
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    return Array.from(value as unknown as ArrayLike<unknown>, plainText).join(", ");
  }
  return inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
}
