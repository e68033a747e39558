import { OptionError } from "../../core/errors.js";
import { nearestName } from "../../core/nearest.js";

/** @throws OptionError for what is no object of named things */
export function objectAt(option: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new OptionError(option, value, "an object");
}

/** @throws OptionError for a field that is none of these, with the nearest of them */
export function assertKnown(
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
  optionOf: (field: string) => string,
): void {
  const unknown = Object.keys(given).find((field) => !known.includes(field));
  if (unknown === undefined) return;
  const near = nearestName(unknown, known);
  const rule = near === undefined ? `left out: the options are ${known.join(", ")}` : `written \`${near}\``;
  throw new OptionError(optionOf(unknown), given[unknown], rule);
}
