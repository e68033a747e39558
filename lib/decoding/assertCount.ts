import { OptionError } from "../core/errors.js";

/** @throws OptionError unless the value is a whole number from 1 */
export function assertCount(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw new OptionError(name, value, "a whole number from 1");
}
