import { OptionError } from "../../core/errors.js";

/** @throws OptionError for what is no object of named things */
export function objectAt(option: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new OptionError(option, value, "an object");
}
