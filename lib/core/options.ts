import { OptionError } from "./errors.js";
import { oneOf } from "./nearest.js";

/** The name of every option of a type: the compiler holds such a list to its type. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/**
 * Holds the options of a call to their names: without a compiler a misspelt one would be passed over.
 * @param place where the options stand, put before their names in messages
 * @throws OptionError for what is no object, or for an option that is not among the names, with the nearest of them
 */
export function assertKnownOptions(
  options: object,
  names: Readonly<Record<string, true>>,
  place?: string,
): void {
  const known = Object.keys(names);
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new OptionError(place ?? "options", options, `an object with any of ${known.join(", ")}`);
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (unknown === undefined) return;
  const option = place === undefined ? unknown : `${place}.${unknown}`;
  const value = (options as Readonly<Record<string, unknown>>)[unknown];
  throw new OptionError(option, value, oneOf("a known option", unknown, known));
}
